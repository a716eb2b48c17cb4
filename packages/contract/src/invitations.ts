import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { RoleName } from './session.ts'
import { closed, Email, Nullable, Page, PageQuery, Timestamp, Uuid } from './shapes.ts'
import { invitationStates } from './states.ts'

const InvitationState = Type.Unsafe<(typeof invitationStates)[number]>(
  Type.String({
    enum: [...invitationStates],
    description: '`void`: whoever sent it may not invite to this role any more. Renew it to make it `pending` again.',
  }),
)

const email = Nullable(Type.String({ description: 'null for a link that whoever has it may use once' }))

const fields = {
  id: Uuid,
  email,
  role: RoleName,
  memberId: Type.String({ format: 'uuid', description: 'The member who sent it' }),
  state: InvitationState,
  createdAt: Timestamp,
  expiresAt: Timestamp,
}

export const Invitation = closed(fields, {
  $id: 'Invitation',
  description: `An open invitation, of use once and for ${limits.days.invitation} days. Accepted, declined or withdrawn, it is gone.`,
})
export type Invitation = Static<typeof Invitation>

export const NewInvitation = closed(
  {
    ...fields,
    link: Nullable(
      Type.String({ description: 'To be passed on; shown this once. null when it went by mail, to its address alone' }),
    ),
  },
  { $id: 'NewInvitation' },
)
export type NewInvitation = Static<typeof NewInvitation>

export const InvitationPage = Page(Invitation, 'InvitationPage')
export const InvitationListQuery = closed(PageQuery)

export const CreateInvitation = closed({
  email: Type.Optional({
    ...Email,
    description: 'Whom to write to; only who has this address can accept. Left out, the answer has a link',
  }),
  role: RoleName,
})
export type CreateInvitation = Static<typeof CreateInvitation>

export const InviteParams = closed({
  token: Type.String({ minLength: 1, maxLength: 100, description: 'The last part of the link' }),
})

export const Invite = closed(
  {
    company: closed({ name: Type.String() }),
    inviter: closed({ name: Type.String() }),
    email,
    role: RoleName,
    expiresAt: Timestamp,
  },
  { $id: 'Invite', description: 'An invitation as the invited person sees it.' },
)
export type Invite = Static<typeof Invite>

export const MyInvite = closed(
  {
    id: Type.String({ format: 'uuid', description: 'Takes the place of the token: the address is yours' }),
    company: closed({ name: Type.String() }),
    inviter: closed({ name: Type.String() }),
    role: RoleName,
    expiresAt: Timestamp,
  },
  { $id: 'MyInvite' },
)
export type MyInvite = Static<typeof MyInvite>
export const MyInvitePage = Page(MyInvite, 'MyInvitePage')
export const MyInviteListQuery = closed(PageQuery)

export const decisions = ['accepted', 'declined'] as const
const DecisionName = Type.Unsafe<(typeof decisions)[number]>(Type.String({ enum: [...decisions] }))

export const DecideInvite = closed({ decision: DecisionName })
export type DecideInvite = Static<typeof DecideInvite>

export const Decision = closed(
  {
    decision: DecisionName,
    company: Nullable(closed({ id: Uuid, slug: Type.String(), name: Type.String() })),
  },
  { $id: 'Decision', description: 'What came of an invitation; `company` is the one that was joined.' },
)
export type Decision = Static<typeof Decision>
