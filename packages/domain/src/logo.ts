import { ProblemError } from '@spintrack/contract/problems'
import { companies } from '@spintrack/database/public/companies'
import { files } from '@spintrack/database/tenant/files'
import type { ControlTransaction } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { eq, sql } from 'drizzle-orm'
import { type Company, nextVersion } from './company.ts'
import { newId } from './ids.ts'
import { imageType } from './images.ts'

const isLogo = eq(files.purpose, 'logo')

/** A company's logo; its id is another for every upload. */
export type Logo = { id: string; mediaType: string; content: Buffer }

/** The company's logo. Throws `not_found` when it has none. */
export async function getLogo(company: Company): Promise<Logo> {
  const [logo] = await company.read(db =>
    db.select({ id: files.id, mediaType: files.mediaType, content: files.content }).from(files).where(isLogo),
  )
  if (!logo) throw noLogo()
  return logo
}

/**
 * Stores `content` in place of the logo there was. Its bytes decide what it is; `declared`, which the sender called it,
 * has to agree. Throws `unsupported_media_type`.
 */
export async function putLogo(tenancy: Tenancy, company: Company, declared: string, content: Buffer): Promise<void> {
  const mediaType = imageType(content)
  if (mediaType === undefined || mediaType !== declared) throw notAnImage(`which this ${declared} is not`)
  await tenancy.transaction(async (db, enter) => {
    // The row of the company first, so that two uploads come one after the other.
    await noteLogo(db, company, sql`now()`)
    await company.within(
      db,
      enter,
    )(async inside => {
      await inside.delete(files).where(isLogo)
      await inside.insert(files).values({ id: newId(), purpose: 'logo', mediaType, sizeBytes: content.length, content })
    })
  })
}

/** Takes the logo away. Throws `not_found` when there is none. */
export async function deleteLogo(tenancy: Tenancy, company: Company): Promise<void> {
  await tenancy.transaction(async (db, enter) => {
    await noteLogo(db, company, null)
    const { rowCount } = await company.within(db, enter)(inside => inside.delete(files).where(isLogo))
    if (!rowCount) throw noLogo()
  })
}

/** The refusal of what is no image that a logo may be. */
export function notAnImage(instead: string): ProblemError {
  return new ProblemError('unsupported_media_type', `Send a whole PNG, JPEG or WebP image, ${instead}.`)
}

async function noteLogo(db: ControlTransaction, { id }: Company, logoUpdatedAt: ReturnType<typeof sql> | null) {
  await db.update(companies).set({ logoUpdatedAt, version: nextVersion }).where(eq(companies.id, id))
}

function noLogo(): ProblemError {
  return new ProblemError('not_found', 'The company has no logo.')
}
