import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { closed, Email, Nullable, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'

const Password = Type.String({ minLength: 1, maxLength: limits.password.max })
/** A short one is answered as weak_password, with the reason, so the least length is not part of the shape. */
const NewPassword = Type.String({
  minLength: 1,
  maxLength: limits.password.max,
  description: `At least ${limits.password.min} characters`,
})

export const VerificationRequired = closed(
  { status: Type.Unsafe<'verification_required'>(Type.String({ enum: ['verification_required'] })) },
  { $id: 'VerificationRequired', description: 'A mail is on its way; the link or the code in it goes on from here.' },
)
export type VerificationRequired = Static<typeof VerificationRequired>

export const Accepted = closed(
  { status: Type.Unsafe<'accepted'>(Type.String({ enum: ['accepted'] })) },
  { $id: 'Accepted', description: 'A mail is on its way, which says the rest.' },
)
export type Accepted = Static<typeof Accepted>

export const ConfirmByCode = closed({
  email: Type.String({ minLength: 1, maxLength: limits.email.max, description: 'The address that was written to' }),
  code: Type.String({
    minLength: 1,
    maxLength: 40,
    description: 'As in the mail; case, spaces and hyphens do not count',
  }),
})
export type ConfirmByCode = Static<typeof ConfirmByCode>

export const LinkParams = closed({
  token: Type.String({ minLength: 1, maxLength: 100, description: 'The last part of the link' }),
})

export const RequestPasswordReset = closed({ email: Type.String({ minLength: 1, maxLength: limits.email.max }) })
export type RequestPasswordReset = Static<typeof RequestPasswordReset>

export const ResetPassword = closed({ password: NewPassword })
export type ResetPassword = Static<typeof ResetPassword>

export const ChangePassword = closed({ currentPassword: Password, newPassword: NewPassword })
export type ChangePassword = Static<typeof ChangePassword>

export const UpdateMe = closed(
  {
    name: Type.Optional(Text(limits.personName.max)),
    email: Type.Optional({ ...Email, description: 'Needs `currentPassword`' }),
    currentPassword: Type.Optional(Password),
  },
  { minProperties: 1 },
)
export type UpdateMe = Static<typeof UpdateMe>

export const MySession = closed(
  {
    id: Uuid,
    address: Nullable(Type.String({ description: 'The network address that it began from' })),
    browser: Nullable(Type.String({ description: 'What the browser called itself' })),
    current: Type.Boolean({ description: 'Whether this request was sent with it' }),
    createdAt: Timestamp,
    lastSeenAt: Type.String({ format: 'date-time', description: 'To the minute' }),
    expiresAt: Type.String({ format: 'date-time', description: 'When it ends though it is used' }),
  },
  { $id: 'MySession', description: 'One log-in of one browser or script.' },
)
export type MySession = Static<typeof MySession>
export const MySessionPage = Page(MySession, 'MySessionPage')
export const MySessionListQuery = closed(PageQuery)
