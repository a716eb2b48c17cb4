import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import type { Permission } from './permissions.ts'
import { closed, Nullable, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'
import { tokenScopes } from './states.ts'

export type TokenScope = (typeof tokenScopes)[number]

/** The scope a token lacks for `permission`, if it lacks one. A permission to read is one whose name ends with it. */
export function missingScope(scopes: readonly TokenScope[], permission: Permission): TokenScope | undefined {
  if (scopes.includes('write')) return undefined
  if (!permission.endsWith('.read')) return 'write'
  return scopes.includes('read') ? undefined : 'read'
}

const Scopes = Type.Array(Type.Unsafe<TokenScope>(Type.String({ enum: [...tokenScopes] })), {
  minItems: 1,
  uniqueItems: true,
  description: '`read`: look at everything your role may see; `write`: also change what it may change',
})

const fields = {
  id: Uuid,
  memberId: Type.String({ format: 'uuid', description: 'The member it belongs to' }),
  name: Type.String(),
  prefix: Type.String({ description: 'Its first characters, to tell it from others' }),
  scopes: Scopes,
  createdAt: Timestamp,
  lastUsedAt: Nullable(Type.String({ format: 'date-time', description: 'To the minute; null if never' })),
  expiresAt: Nullable(Type.String({ format: 'date-time', description: 'null if it does not expire' })),
}

export const Token = closed(fields, { $id: 'Token', description: 'A key for scripts, bound to one membership.' })
export type Token = Static<typeof Token>

export const NewToken = closed(
  { ...fields, token: Type.String({ description: 'The token itself. It is shown this once and not stored.' }) },
  { $id: 'NewToken' },
)
export type NewToken = Static<typeof NewToken>

export const TokenPage = Page(Token, 'TokenPage')
export const TokenListQuery = closed(PageQuery)

export const CreateToken = closed({
  name: Text(limits.tokenName.max),
  scopes: Scopes,
  expiresAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'In the future; left out, it does not expire' }),
  ),
})
export type CreateToken = Static<typeof CreateToken>
