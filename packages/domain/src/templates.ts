import { limits } from '@spintrack/contract/limits'
import { permissions } from '@spintrack/contract/permissions'
import { ProblemError } from '@spintrack/contract/problems'
import type { CreateTemplate, Template } from '@spintrack/contract/templates'
import { tenantVersion } from '@spintrack/database/blueprint'
import { companies } from '@spintrack/database/public/companies'
import { memberships } from '@spintrack/database/public/memberships'
import { templates } from '@spintrack/database/public/templates'
import { claimTenant } from '@spintrack/tenancy/claim'
import type { ControlDb, ControlTransaction } from '@spintrack/tenancy/handles'
import type { Enter, Tenancy } from '@spintrack/tenancy/tenancy'
import { tenants } from '@spintrack/tenancy/tenants'
import { and, desc, eq, inArray, lt } from 'drizzle-orm'
import { type Company, type Inside, inside, requireServable } from './company.ts'
import { decodeCursor, page } from './cursor.ts'
import { newId } from './ids.ts'
import { transfer } from './transfer.ts'

/** Makes a template of what a company has now. Throws `too_many_templates`, `copy_too_large`, or NoStandbyTenant. */
export async function createTemplate(
  tenancy: Tenancy,
  company: Company,
  { name, contents }: CreateTemplate,
): Promise<Template> {
  return claimTenant(tenancy, { version: tenantVersion }, async (db, tenant, enter) => {
    await requireRoom(db, company)
    await db.update(tenants).set({ state: 'template' }).where(eq(tenants.name, tenant.name))
    const [row] = await db
      .insert(templates)
      .values({ id: newId(), tenant: tenant.name, companyId: company.id, name: name.trim(), contents })
      .returning()
    await transfer(company.within(db, enter), inside(enter, tenant), {
      companyId: company.id,
      spins: contents === 'everything',
    })
    return shape(row as Row)
  })
}

/** The templates of the companies that a person administers, newest first. */
export async function listTemplates(
  db: ControlDb,
  userId: string,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await db
    .select()
    .from(templates)
    .where(
      and(
        inArray(templates.companyId, administered(db, userId)),
        cursor ? lt(templates.id, decodeCursor(cursor).id) : undefined,
      ),
    )
    .orderBy(desc(templates.id))
    .limit(limit + 1)
  return page(rows, limit, shape, row => ({ key: 0, id: row.id }))
}

/** Deletes a template of a company that the person administers; the worker purges its tenant. Throws `not_found`. */
export async function deleteTemplate(tenancy: Tenancy, userId: string, id: string): Promise<void> {
  await tenancy.transaction(async db => {
    const [row] = await db
      .delete(templates)
      .where(and(eq(templates.id, id), inArray(templates.companyId, administered(db, userId))))
      .returning({ tenant: templates.tenant })
    if (!row) throw noTemplate()
    await db.update(tenants).set({ state: 'purging' }).where(eq(tenants.name, row.tenant))
  })
}

/** Fills a new company from a template of a company that its founder administers. Throws `not_found`, `tenant_upgrading`. */
export async function fillFromTemplate(
  db: ControlTransaction,
  enter: Enter,
  home: Inside,
  { userId, id }: { userId: string; id: string },
): Promise<void> {
  const [template] = await db
    .select({ name: tenants.name, version: tenants.version, companyId: templates.companyId })
    .from(templates)
    .innerJoin(tenants, eq(tenants.name, templates.tenant))
    .where(and(eq(templates.id, id), inArray(templates.companyId, administered(db, userId))))
    // Whoever deletes it meanwhile waits until it was read.
    .for('share', { of: tenants })
  if (!template) throw noTemplate([{ path: '/body/template', message: 'must be the id of a template of yours' }])
  requireServable(template.version)
  await transfer(inside(enter, template), home, { companyId: template.companyId, spins: true })
}

type Row = typeof templates.$inferSelect

/** The open companies in which a person may write templates: nobody else learns that there are any. */
function administered(db: ControlDb, userId: string) {
  return db
    .select({ id: memberships.companyId })
    .from(memberships)
    .innerJoin(companies, eq(companies.id, memberships.companyId))
    .innerJoin(tenants, eq(tenants.name, companies.tenant))
    .where(
      and(
        eq(memberships.userId, userId),
        inArray(memberships.role, [...permissions['templates.write']]),
        eq(tenants.state, 'ready'),
      ),
    )
}

async function requireRoom(db: ControlTransaction, { id }: Company): Promise<void> {
  // One at a time, so that two do not both take the last place.
  await db.select({ id: companies.id }).from(companies).where(eq(companies.id, id)).for('no key update')
  const count = await db.$count(templates, eq(templates.companyId, id))
  if (count < limits.templatesPerCompany) return
  throw new ProblemError(
    'too_many_templates',
    `A company has at most ${limits.templatesPerCompany} templates. Delete one to make another.`,
  )
}

function noTemplate(errors?: { path: string; message: string }[]): ProblemError {
  return new ProblemError('not_found', 'There is no such template of a company that you administer.', {
    ...(errors && { errors }),
  })
}

function shape({ tenant: _, createdAt, ...row }: Row): Template {
  return { ...row, createdAt: createdAt.toISOString() }
}
