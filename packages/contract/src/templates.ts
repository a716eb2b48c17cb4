import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { closed, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'
import { templateContents } from './states.ts'

const Contents = Type.Unsafe<(typeof templateContents)[number]>(
  Type.String({
    enum: [...templateContents],
    description: '`spinners`: the spinners alone; `everything`: also their spins and the names of who spun',
  }),
)

export const Template = closed(
  {
    id: Uuid,
    name: Type.String(),
    contents: Contents,
    companyId: Type.String({ format: 'uuid', description: 'The company it was made from' }),
    createdAt: Timestamp,
  },
  { $id: 'Template', description: 'A company to begin new ones from; a copy of what was there when it was made.' },
)
export type Template = Static<typeof Template>
export const TemplatePage = Page(Template, 'TemplatePage')
export const TemplateListQuery = closed(PageQuery)

export const CreateTemplate = closed({ name: Text(limits.templateName.max), contents: Contents })
export type CreateTemplate = Static<typeof CreateTemplate>
