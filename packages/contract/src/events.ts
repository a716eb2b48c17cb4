import { type Static, Type } from '@sinclair/typebox'
import { closed, Nullable, ref, Timestamp, Uuid } from './shapes.ts'
import { Spinner } from './spinners.ts'
import { Spin } from './spins.ts'
import { eventTypes } from './states.ts'

/** What a change can tell. */
export const EventType = Type.Unsafe<(typeof eventTypes)[number]>(Type.String({ enum: [...eventTypes] }))
export type EventType = Static<typeof EventType>

/** Beside them, what a stream says of itself: the first one of each is one of these. */
export const eventTypesOnTheWire = [...eventTypes, 'events.begun', 'events.missed'] as const

export const Event = closed(
  {
    id: Uuid,
    type: Type.Unsafe<(typeof eventTypesOnTheWire)[number]>(
      Type.String({
        enum: [...eventTypesOnTheWire],
        description:
          'What happened. `spins.created`, `spinners.created` and `demo.reset` sum up what came at once. A stream begins with `events.begun`, or with `events.missed`: then read anew what you keep',
      }),
    ),
    timestamp: Timestamp,
    data: closed({
      id: Nullable(Type.String({ format: 'uuid', description: 'Of the spin or spinner; null for what came at once' })),
      count: Type.Integer({ description: 'How many spins or spinners it is about' }),
      spin: Type.Optional(ref(Spin)),
      spinner: Type.Optional(ref(Spinner)),
    }),
  },
  {
    $id: 'Event',
    description:
      'A change in a company. `spin` or `spinner` is as it was when the event was sent, and left out once gone.',
  },
)
export type Event = Static<typeof Event>
