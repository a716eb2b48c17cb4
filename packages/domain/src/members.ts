import type { Member } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import { members } from '@spintrack/database/tenant/members'
import { asc, gt } from 'drizzle-orm'
import type { Company } from './company.ts'
import { decodeCursor, page } from './cursor.ts'

/** The people of a company, in the order they joined, those who left included. */
export async function listMembers(
  company: Company,
  { limit = limits.page.default, cursor }: { limit?: number; cursor?: string },
) {
  const rows = await company.read(db =>
    db
      .select()
      .from(members)
      .where(cursor ? gt(members.id, decodeCursor(cursor).id) : undefined)
      .orderBy(asc(members.id))
      .limit(limit + 1),
  )
  return page(rows, limit, shape, row => ({ key: 0, id: row.id }))
}

function shape({ leftAt, createdAt, ...row }: typeof members.$inferSelect): Member {
  return { ...row, active: leftAt === null, createdAt: createdAt.toISOString() }
}
