import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { limits } from './limits.ts'
import { RoleName } from './session.ts'
import { closed, Nullable, Text } from './shapes.ts'

/**
 * What an archive says of a company besides its tables: the rows of `public` that belong to it, and no secret. People are
 * named by their e-mail address, since they have another account elsewhere.
 */
export const ArchivedCompany = closed({
  name: Text(limits.companyName.max),
  slug: Type.String({ minLength: limits.slug.min, maxLength: limits.slug.max, pattern: limits.slug.pattern }),
  colour: Nullable(Type.String({ pattern: limits.colour.pattern })),
  greeting: Nullable(Text(limits.greeting.max)),
  memberships: Type.Array(
    closed({ email: Type.String({ maxLength: limits.email.max }), role: RoleName, memberId: Type.String() }),
  ),
})
export type ArchivedCompany = Static<typeof ArchivedCompany>

/** Whether what an archive holds describes a company. */
export function isArchivedCompany(value: unknown): value is ArchivedCompany {
  return Value.Check(ArchivedCompany, value)
}
