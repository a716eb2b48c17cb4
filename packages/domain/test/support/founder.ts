import { users } from '@spintrack/database/public/users'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { newId } from '../../src/ids.ts'

/** Somebody called Ida, who can found companies and not log in. */
export async function addFounder({ control }: Tenancy): Promise<{ id: string; name: string }> {
  const founder = { id: newId(), name: 'Ida' }
  await control.insert(users).values({ ...founder, email: 'ida@example.org', passwordHash: '' })
  return founder
}
