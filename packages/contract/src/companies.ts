import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { CompanyState, CompanySummary, RoleName } from './session.ts'
import { closed, Nullable, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'

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
    branding: closed({
      colour: Nullable(Type.String({ description: '#rrggbb' })),
      greeting: Nullable(Type.String()),
      logoUpdatedAt: Nullable(Type.String({ format: 'date-time', description: 'null without a logo' })),
    }),
    demoExpiresAt: Nullable(Type.String({ format: 'date-time', description: 'When a demo goes; null for others' })),
    deleteAfter: Nullable(
      Type.String({ format: 'date-time', description: 'When it will be deleted for good; null when it will not' }),
    ),
    createdAt: Timestamp,
    version: Type.Integer({ description: 'Grows by one with every change; the ETag' }),
  },
  { $id: 'Company', description: 'A company; `role` and `memberId` are the caller’s own in it.' },
)
export type Company = Static<typeof Company>

export const CompanyPage = Page(CompanySummary, 'CompanyPage')
export const CompanyListQuery = closed(PageQuery)

export const CreateCompany = closed({
  name: Text(limits.companyName.max),
  slug: Type.Optional(Slug),
  template: Type.Optional(
    Type.Union([Type.Literal('blank'), Type.Literal('demo'), Uuid], {
      description:
        '`blank`; `demo`, full of examples and gone after some days unless it is kept; or the id of a template',
      default: 'blank',
    }),
  ),
})
export type CreateCompany = Static<typeof CreateCompany>

export const UpdateCompany = closed(
  {
    name: Type.Optional(Text(limits.companyName.max)),
    slug: Type.Optional(Slug),
    branding: Type.Optional(
      closed(
        {
          colour: Type.Optional(Nullable(Type.String({ pattern: limits.colour.pattern, description: '#rrggbb' }))),
          greeting: Type.Optional(Nullable(Text(limits.greeting.max, 'A line for the dashboard'))),
        },
        { minProperties: 1 },
      ),
    ),
  },
  { minProperties: 1 },
)
export type UpdateCompany = Static<typeof UpdateCompany>

export const DeleteCompany = closed({
  confirm: Type.String({ minLength: 1, maxLength: limits.slug.max, description: 'The company’s slug, to be sure' }),
})
export type DeleteCompany = Static<typeof DeleteCompany>

export const Deletion = closed(
  { deleteAfter: Type.String({ format: 'date-time', description: 'Until then the deletion can be undone' }) },
  { $id: 'Deletion' },
)
export type Deletion = Static<typeof Deletion>
