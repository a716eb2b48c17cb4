import { type Static, Type } from '@sinclair/typebox'
import { ExportFormat, ReadPast } from './files.ts'
import { limits } from './limits.ts'
import { closed, Nullable, Page, PageQuery, Text, Timestamp, Uuid } from './shapes.ts'
import { spinnerStatuses } from './states.ts'

export const SpinnerStatus = Type.Unsafe<(typeof spinnerStatuses)[number]>(Type.String({ enum: [...spinnerStatuses] }))

const serialNumber = Text(limits.serialNumber.max, 'Unique within the company')
const name = Text(limits.spinnerName.max)
const model = Nullable(Text(limits.model.max))
const colour = Nullable(Type.String({ pattern: limits.colour.pattern, description: '#rrggbb' }))
const memberId = Nullable(Type.String({ format: 'uuid', description: 'The member who keeps it' }))

export const Spinner = closed(
  {
    id: Uuid,
    serialNumber: Type.String(),
    name: Type.String(),
    model: Nullable(Type.String()),
    colour: Nullable(Type.String()),
    status: SpinnerStatus,
    memberId,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: Type.Integer({ description: 'Grows by one with every change; the ETag' }),
  },
  { $id: 'Spinner' },
)
export type Spinner = Static<typeof Spinner>
export const SpinnerPage = Page(Spinner, 'SpinnerPage')

const filters = {
  q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the name, serial number or model' })),
  status: Type.Optional(SpinnerStatus),
  memberId: Type.Optional(Uuid),
}

export const SpinnerListQuery = closed({ ...PageQuery, ...filters })
export type SpinnerListQuery = Static<typeof SpinnerListQuery>

export const SpinnerExportQuery = closed({ ...ExportFormat, ...filters })
export type SpinnerExportQuery = Static<typeof SpinnerExportQuery>

const created = {
  serialNumber,
  name,
  model: Type.Optional(model),
  colour: Type.Optional(colour),
  memberId: Type.Optional(memberId),
}

export const CreateSpinner = closed(created)
export type CreateSpinner = Static<typeof CreateSpinner>

export const ImportedSpinner = closed(
  {
    ...created,
    status: Type.Optional(SpinnerStatus),
    id: ReadPast,
    createdAt: ReadPast,
    updatedAt: ReadPast,
    version: ReadPast,
  },
  { $id: 'ImportedSpinner', description: 'A line of an import: a spinner.' },
)
export type ImportedSpinner = Static<typeof ImportedSpinner>

export const UpdateSpinner = closed(
  {
    serialNumber: Type.Optional(serialNumber),
    name: Type.Optional(name),
    model: Type.Optional(model),
    colour: Type.Optional(colour),
    status: Type.Optional(SpinnerStatus),
    memberId: Type.Optional(memberId),
  },
  { minProperties: 1 },
)
export type UpdateSpinner = Static<typeof UpdateSpinner>
