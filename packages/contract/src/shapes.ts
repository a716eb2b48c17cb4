import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'

/** Building blocks shared by the shapes of the API. Every object is closed: an unknown field is refused. */
export const Uuid = Type.String({ format: 'uuid', description: 'UUIDv7' })
export const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601 in UTC' })
export const Email = Type.String({ format: 'email', maxLength: limits.email.max })
export const Text = (maxLength: number, description?: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', ...(description && { description }) })

/** A type array rather than anyOf, where it can be one: validating and serializing it costs nothing. */
export function Nullable<T extends TSchema>(schema: T) {
  const nullable =
    typeof schema.type === 'string' ? { ...schema, type: [schema.type, 'null'] } : Type.Union([schema, Type.Null()])
  return Type.Unsafe<Static<T> | null>(nullable)
}

/** A reference to a shape that has a name ($id), so that the OpenAPI document says it once. */
export function ref<T extends TSchema>(schema: T) {
  return Type.Unsafe<Static<T>>({ $ref: `${schema.$id}#` })
}

export function closed<T extends Parameters<typeof Type.Object>[0]>(
  properties: T,
  options: { $id?: string; description?: string; minProperties?: number } = {},
) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** A page of a list: the items and the cursor of the next page, or null on the last one. */
export function Page<T extends TSchema>(item: T, $id: string) {
  return closed({ items: Type.Array(ref(item)), nextCursor: Nullable(Type.String()) }, { $id })
}

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.max, default: limits.page.default })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: 'The nextCursor of the page before' }),
  ),
}

export const IdParams = closed({ id: Uuid })
export type IdParams = Static<typeof IdParams>
