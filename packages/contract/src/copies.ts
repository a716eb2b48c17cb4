import { type Static, Type } from '@sinclair/typebox'
import { limits } from './limits.ts'
import { closed, Uuid } from './shapes.ts'

export const CreateCopy = closed({
  toCompanyId: Type.String({ format: 'uuid', description: 'Another company of yours; you must administer both' }),
  spinnerIds: Type.Array(Uuid, { minItems: 1, maxItems: limits.copy.spinners, uniqueItems: true }),
  spins: Type.Optional(Type.Boolean({ default: true, description: 'Copy their spins as well' })),
})
export type CreateCopy = Static<typeof CreateCopy>

export const Copy = closed(
  {
    spinners: Type.Integer(),
    spins: Type.Integer(),
    members: Type.Integer({ description: 'People who were new to the other company; they cannot log in to it' }),
    skipped: Type.Integer({ description: 'Spinners and spins that an earlier copy had brought' }),
  },
  { $id: 'Copy', description: 'What a copy added to the other company.' },
)
export type Copy = Static<typeof Copy>
