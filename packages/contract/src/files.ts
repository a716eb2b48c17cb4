import { type Static, Type } from '@sinclair/typebox'
import { type FileFormat, fileTypes } from './file-types.ts'
import { limits } from './limits.ts'
import { type ProblemCode, problems } from './problems.ts'
import { closed } from './shapes.ts'

export const ExportFormat = {
  format: Type.Optional(
    Type.Unsafe<FileFormat>(
      Type.String({ enum: Object.keys(fileTypes), default: 'csv', description: 'One row, or one JSON object, a line' }),
    ),
  ),
}

/** A field that an export has and an import makes anew. */
export const ReadPast = Type.Optional(Type.Unknown({ description: 'Read past: an exported file has it' }))

export const ImportQuery = closed({
  dryRun: Type.Optional(Type.Boolean({ description: 'Check the file and keep nothing' })),
  partial: Type.Optional(Type.Boolean({ description: 'Keep the good lines though others are refused' })),
})
export type ImportQuery = Static<typeof ImportQuery>

export const LineError = closed({
  line: Type.Integer({ description: 'Of the file, from 1; the first line of a CSV file has the names of its columns' }),
  code: Type.Unsafe<ProblemCode>(Type.String({ enum: Object.keys(problems) })),
  message: Type.String(),
})
export type LineError = Static<typeof LineError>

export const ImportReport = closed(
  {
    accepted: Type.Integer({
      description:
        'Lines that were kept, or in a dry run would be: none when one is refused and `partial` is not asked for',
    }),
    rejected: Type.Integer({ description: 'Lines that were refused' }),
    errors: Type.Array(LineError, { description: `Why, for the first ${limits.import.errors} of them` }),
  },
  { $id: 'ImportReport', description: 'What became of the lines of a file.' },
)
export type ImportReport = Static<typeof ImportReport>
