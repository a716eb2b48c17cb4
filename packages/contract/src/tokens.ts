import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { closed, Nullable, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'

/** What a token may be used for, within what its owner's role allows. `write` includes `read`. */
export const tokenScopes = ['read', 'write'] as const
const Scopes = Type.Array(Type.Unsafe<(typeof tokenScopes)[number]>(Type.String({ enum: [...tokenScopes] })), {
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
