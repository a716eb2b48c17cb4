import { type Static, Type } from '@sinclair/typebox'
import { closed, Nullable, Page, PageQuery, Timestamp, Uuid } from './shapes.ts'
import { exportStates } from './states.ts'

const ExportState = Type.Unsafe<(typeof exportStates)[number]>(Type.String({ enum: [...exportStates] }))

export const Export = closed(
  {
    id: Uuid,
    memberId: Type.String({ format: 'uuid', description: 'Who asked for it' }),
    state: ExportState,
    sizeBytes: Nullable(Type.Integer()),
    sha256: Nullable(Type.String({ description: 'Of the whole archive, in hex' })),
    error: Nullable(Type.String({ description: 'Why it failed' })),
    createdAt: Timestamp,
    expiresAt: Nullable(Type.String({ format: 'date-time', description: 'Until when it can be downloaded' })),
  },
  { $id: 'Export', description: 'An archive of the company, made in the background.' },
)
export type Export = Static<typeof Export>
export const ExportPage = Page(Export, 'ExportPage')
export const ExportListQuery = closed(PageQuery)
