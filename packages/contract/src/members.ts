import { type Static, Type } from '@sinclair/typebox'
import { RoleName } from './session.ts'
import { closed, Nullable, Page, PageQuery, Timestamp, Uuid } from './shapes.ts'

export const Member = closed(
  {
    id: Uuid,
    name: Type.String(),
    active: Type.Boolean({ description: 'false once the person has left' }),
    role: Nullable(RoleName),
    email: Nullable(
      Type.String({ description: 'For owners and admins; null for others, and for those who have left' }),
    ),
    createdAt: Timestamp,
  },
  { $id: 'Member', description: 'A person as the company knows them; stays when the person leaves.' },
)
export type Member = Static<typeof Member>
export const MemberPage = Page(Member, 'MemberPage')
export const MemberListQuery = closed(PageQuery)

export const UpdateMember = closed({ role: RoleName })
export type UpdateMember = Static<typeof UpdateMember>

export const TransferOwnership = closed({
  memberId: Type.String({ format: 'uuid', description: 'Who shall own the company; you become an admin' }),
})
export type TransferOwnership = Static<typeof TransferOwnership>
