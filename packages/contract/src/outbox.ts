import { type Static, Type } from '@sinclair/typebox'
import { closed, Nullable, PageQuery, Timestamp, Uuid } from './shapes.ts'

const fields = {
  id: Uuid,
  recipient: Type.String({ description: 'An e-mail address' }),
  subject: Type.String(),
  createdAt: Timestamp,
  sentAt: Nullable(Type.String({ format: 'date-time', description: 'null as long as it is kept here' })),
}

export const OutboxMail = closed(fields)
export type OutboxMail = Static<typeof OutboxMail>
export const OutboxPage = closed({ items: Type.Array(OutboxMail), nextCursor: Nullable(Type.String()) })
export type OutboxPage = Static<typeof OutboxPage>
export const OutboxQuery = closed(PageQuery)

export const OutboxMailWhole = closed({
  ...fields,
  text: Nullable(Type.String({ description: 'null once it was sent: nothing of it is kept then' })),
})
export type OutboxMailWhole = Static<typeof OutboxMailWhole>
