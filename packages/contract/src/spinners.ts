import { type Static, Type } from '@sinclair/typebox'
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

export const SpinnerListQuery = closed({
  ...PageQuery,
  q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the name, serial number or model' })),
  status: Type.Optional(SpinnerStatus),
  memberId: Type.Optional(Uuid),
})
export type SpinnerListQuery = Static<typeof SpinnerListQuery>

export const CreateSpinner = closed({
  serialNumber,
  name,
  model: Type.Optional(model),
  colour: Type.Optional(colour),
  memberId: Type.Optional(memberId),
})
export type CreateSpinner = Static<typeof CreateSpinner>

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
