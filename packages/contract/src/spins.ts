import { type Static, Type } from '@sinclair/typebox'
import { ExportFormat, ReadPast } from './files.ts'
import { limits } from './limits.ts'
import { closed, Nullable, Page, PageQuery, Timestamp, Uuid } from './shapes.ts'

const durationMs = Type.Integer({
  minimum: limits.durationMs.min,
  maximum: limits.durationMs.max,
  description: 'Whole milliseconds',
})
const note = Nullable(Type.String({ maxLength: limits.note.max }))

export const Spin = closed(
  {
    id: Uuid,
    spinnerId: Uuid,
    memberId: Uuid,
    startedAt: Timestamp,
    durationMs: Type.Integer(),
    note: Nullable(Type.String()),
    createdAt: Timestamp,
  },
  { $id: 'Spin', description: 'One use of a spinner.' },
)
export type Spin = Static<typeof Spin>
export const SpinPage = Page(Spin, 'SpinPage')

export const PeriodQuery = {
  from: Type.Optional(Type.String({ format: 'date-time', description: 'Spins that started at or after this time' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Spins that started before this time' })),
}

const filters = { spinnerId: Type.Optional(Uuid), memberId: Type.Optional(Uuid), ...PeriodQuery }

export const SpinListQuery = closed({ ...PageQuery, ...filters })
export type SpinListQuery = Static<typeof SpinListQuery>

export const SpinExportQuery = closed({ ...ExportFormat, ...filters })
export type SpinExportQuery = Static<typeof SpinExportQuery>

const created = {
  durationMs,
  startedAt: Type.Optional(Timestamp),
  note: Type.Optional(note),
  memberId: Type.Optional(Uuid),
}

export const CreateSpin = closed({ spinnerId: Uuid, ...created })
export type CreateSpin = Static<typeof CreateSpin>

export const CreateSpins = closed({ items: Type.Array(CreateSpin, { minItems: 1, maxItems: limits.batch.items }) })
export type CreateSpins = Static<typeof CreateSpins>

export const CreatedSpins = closed({ created: Type.Integer() }, { $id: 'CreatedSpins' })
export type CreatedSpins = Static<typeof CreatedSpins>

export const ImportedSpin = closed(
  {
    spinnerId: Type.Optional(Uuid),
    serialNumber: Type.Optional(Type.String({ description: 'Of the spinner, where its id is not given or not known' })),
    ...created,
    id: ReadPast,
    createdAt: ReadPast,
  },
  {
    $id: 'ImportedSpin',
    description: 'A line of an import: a spin, whose spinner is named by its id or serial number.',
  },
)
export type ImportedSpin = Static<typeof ImportedSpin>

export const UpdateSpin = closed(
  {
    durationMs: Type.Optional(durationMs),
    startedAt: Type.Optional(Timestamp),
    note: Type.Optional(note),
    spinnerId: Type.Optional(Uuid),
    memberId: Type.Optional(Uuid),
  },
  { minProperties: 1 },
)
export type UpdateSpin = Static<typeof UpdateSpin>
