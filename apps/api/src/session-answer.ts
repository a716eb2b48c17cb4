import type { Session } from '@spintrack/contract/session'
import { companiesOf } from '@spintrack/domain/companies'
import type { SessionPrincipal } from '@spintrack/domain/principal'
import type { ControlDb } from '@spintrack/tenancy/handles'

/** The session as its owner sees it: the user, their companies, and which one is the default. */
export async function describeSession(
  db: ControlDb,
  { user, session }: SessionPrincipal,
  chosen = session.companyId,
): Promise<Session> {
  const companies = await companiesOf(db, user.id)
  return {
    user,
    company: companies.find(({ id }) => id === chosen) ?? null,
    companies,
    expiresAt: session.expiresAt.toISOString(),
  }
}
