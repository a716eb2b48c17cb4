import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { CompanyState, CompanySummary, RoleName } from './session.ts'
import { closed, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'

const Slug = Type.String({
  minLength: limits.slug.min,
  maxLength: limits.slug.max,
  pattern: limits.slug.pattern,
  // X-Company takes either, and must be able to tell them apart.
  not: { format: 'uuid' },
  description: 'Lower-case letters, digits and single hyphens; the company’s part of the address',
})

export const Company = closed(
  {
    id: Uuid,
    slug: Type.String(),
    name: Type.String(),
    role: RoleName,
    state: CompanyState,
    memberId: Uuid,
    createdAt: Timestamp,
  },
  { $id: 'Company', description: 'A company; `role` and `memberId` are the caller’s own in it.' },
)
export type Company = Static<typeof Company>

export const CompanyPage = Page(CompanySummary, 'CompanyPage')
export const CompanyListQuery = closed(PageQuery)

export const CreateCompany = closed({
  name: Text(limits.companyName.max),
  slug: Type.Optional(Slug),
  template: Type.Optional(Type.Literal('blank')),
})
export type CreateCompany = Static<typeof CreateCompany>

export const Member = closed(
  {
    id: Uuid,
    name: Type.String(),
    active: Type.Boolean({ description: 'false once the person has left' }),
    createdAt: Timestamp,
  },
  { $id: 'Member', description: 'A person as the company knows them; stays when the person leaves.' },
)
export type Member = Static<typeof Member>
export const MemberPage = Page(Member, 'MemberPage')
export const MemberListQuery = closed(PageQuery)
