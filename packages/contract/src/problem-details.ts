import { type Static, Type } from '@sinclair/typebox'
import { type ProblemCode, problems } from './problems.ts'

/** One thing wrong with the request: a JSON pointer into it (`/body/email`, `/query/limit`) and what was expected. */
export const FieldError = Type.Object({ path: Type.String(), message: Type.String() })
export type FieldError = Static<typeof FieldError>

/** RFC 9457 problem details, the body of every error answer. */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URI that names the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Unsafe<ProblemCode>(Type.String({ enum: Object.keys(problems) })),
    detail: Type.String({ description: 'What was expected and what to do next.' }),
    requestId: Type.String({ description: 'Quote it when you ask for help.' }),
    errors: Type.Optional(Type.Array(FieldError)),
  },
  { $id: 'Problem' },
)
export type Problem = Static<typeof Problem>
