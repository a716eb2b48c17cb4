import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { roles } from './permissions.ts'
import { closed, Email, Nullable, ref, Text, Timestamp, Uuid } from './shapes.ts'
import { companyStates } from './states.ts'

export const RoleName = Type.Unsafe<(typeof roles)[number]>(Type.String({ enum: [...roles] }))

export const CompanyState = Type.Unsafe<(typeof companyStates)[number]>(Type.String({ enum: [...companyStates] }))

export const CompanySummary = closed(
  {
    id: Uuid,
    slug: Type.String(),
    name: Type.String(),
    role: RoleName,
    state: CompanyState,
    colour: Nullable(Type.String({ description: '#rrggbb' })),
    lastOpenedAt: Nullable(Timestamp),
    lastOpenedBy: Nullable(closed({ name: Type.String() })),
  },
  { $id: 'CompanySummary', description: 'A company as one of its people sees it in a list.' },
)
export type CompanySummary = Static<typeof CompanySummary>

export const User = closed(
  { id: Uuid, email: Type.String(), name: Type.String(), emailVerified: Type.Boolean(), staff: Type.Boolean() },
  { $id: 'User' },
)
export type User = Static<typeof User>

export const Session = closed(
  {
    user: ref(User),
    company: Nullable(ref(CompanySummary)),
    companies: Type.Array(ref(CompanySummary)),
    expiresAt: Timestamp,
  },
  { $id: 'Session', description: 'Who is logged in, the company chosen, and the companies to choose from.' },
)
export type Session = Static<typeof Session>

export const SignUp = closed({
  email: Email,
  /** A short one is answered as weak_password, with the reason, so the least length is not part of the shape. */
  password: Type.String({ minLength: 1, maxLength: limits.password.max, description: 'At least 12 characters' }),
  name: Text(limits.personName.max),
  invite: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'The last part of the link of an invitation by mail to this address, which it then verifies',
    }),
  ),
})
export type SignUp = Static<typeof SignUp>

export const LogIn = closed({
  email: Type.String({ minLength: 1, maxLength: limits.email.max }),
  password: Type.String({ minLength: 1, maxLength: limits.password.max }),
  code: Type.Optional(Type.String({ maxLength: 64 })),
})
export type LogIn = Static<typeof LogIn>

export const ChooseCompany = closed({ companyId: Uuid })
export type ChooseCompany = Static<typeof ChooseCompany>
