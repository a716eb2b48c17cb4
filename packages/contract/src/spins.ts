import { type Static, Type } from '@sinclair/typebox'
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

export const SpinListQuery = closed({
  ...PageQuery,
  spinnerId: Type.Optional(Uuid),
  memberId: Type.Optional(Uuid),
  ...PeriodQuery,
})
export type SpinListQuery = Static<typeof SpinListQuery>

export const CreateSpin = closed({
  spinnerId: Uuid,
  durationMs,
  startedAt: Type.Optional(Timestamp),
  note: Type.Optional(note),
  memberId: Type.Optional(Uuid),
})
export type CreateSpin = Static<typeof CreateSpin>

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
