import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { limits } from './limits.ts'
import { roles } from './permissions.ts'
import { closed, Text } from './shapes.ts'

// Plain TypeBox, which can check it by itself: the shapes of the API are checked by Ajv.
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/**
 * What an archive says of a company besides its tables: the rows of `public` that belong to it, and no secret. People are
 * named by their e-mail address, since they have another account elsewhere.
 */
export const ArchivedCompany = closed({
  name: Text(limits.companyName.max),
  slug: Type.String({ minLength: limits.slug.min, maxLength: limits.slug.max, pattern: limits.slug.pattern }),
  colour: orNull(Type.String({ pattern: limits.colour.pattern })),
  greeting: orNull(Text(limits.greeting.max)),
  memberships: Type.Array(
    closed({
      email: Type.String({ maxLength: limits.email.max }),
      role: Type.Union(roles.map(role => Type.Literal(role))),
      memberId: Type.String(),
    }),
  ),
})
export type ArchivedCompany = Static<typeof ArchivedCompany>

/** Whether what an archive holds describes a company. */
export function isArchivedCompany(value: unknown): value is ArchivedCompany {
  return Value.Check(ArchivedCompany, value)
}
