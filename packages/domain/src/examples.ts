import { randomInt } from 'node:crypto'
import { spinners } from '@spintrack/database/tenant/spinners'
import { spins } from '@spintrack/database/tenant/spins'
import type { TenantDb } from '@spintrack/tenancy/handles'
import type { Examples } from './demo-plan.ts'
import { newId } from './ids.ts'

/** Together with today 30 days, so that the examples fill the dashboard's period and nothing of them falls before. */
const days = 29
/** How long ago somebody left whose spins are still there. */
const daysSinceLeaving = 9
const dayMs = 24 * 60 * 60 * 1000

/** When the one who has left did so. */
export function leftAt(now: Date): Date {
  return new Date(now.getTime() - daysSinceLeaving * dayMs)
}

/** Who spins in the examples. */
export type Spinning = { memberIds: string[]; leaverId: string; now: Date }

/** Inserts spinners and a month of spins up to yesterday. */
export async function insertExamples(
  db: TenantDb,
  plan: Examples,
  { memberIds, leaverId, now }: Spinning,
): Promise<void> {
  const spinnerIds = await insertSpinners(db, plan)
  await db
    .insert(spins)
    .values([
      ...believableSpins(plan, { spinnerIds, memberIds, from: days, to: 0, now }),
      ...believableSpins(
        { ...plan, spinsPerWorkday: 3 },
        { spinnerIds, memberIds: [leaverId], from: days, to: daysSinceLeaving, now },
      ),
    ])
}

async function insertSpinners(db: TenantDb, plan: Examples): Promise<string[]> {
  const rows = plan.spinners.map(({ typicalSeconds: _, ...spinner }) => ({ id: newId(), ...spinner }))
  await db.insert(spinners).values(rows)
  return rows.map(({ id }) => id)
}

type Cast = { spinnerIds: string[]; memberIds: string[]; from: number; to: number; now: Date }

/** Spins of office hours, fewer at weekends, whose durations scatter around what is typical of each spinner. */
function believableSpins(plan: Examples, { spinnerIds, memberIds, from, to, now }: Cast) {
  const rows: (typeof spins.$inferInsert)[] = []
  for (let ago = from; ago > to; ago--) {
    const midnight = new Date(now.getTime() - ago * dayMs).setUTCHours(0, 0, 0, 0)
    const weekend = [0, 6].includes(new Date(midnight).getUTCDay())
    const count = weekend ? randomInt(2) : plan.spinsPerWorkday + randomInt(5) - 2
    for (let n = 0; n < count; n++) {
      const index = randomInt(spinnerIds.length)
      const typicalMs = (plan.spinners[index]?.typicalSeconds ?? 60) * 1000
      rows.push({
        id: newId(),
        spinnerId: spinnerIds[index] as string,
        memberId: memberIds[randomInt(memberIds.length)] as string,
        startedAt: new Date(midnight + 8 * 3_600_000 + randomInt(10 * 3_600_000)),
        durationMs: Math.round(typicalMs * (0.35 + (randomInt(1000) + randomInt(1000)) / 1500)),
        note: randomInt(12) === 0 ? (notes[randomInt(notes.length)] as string) : null,
      })
    }
  }
  return rows
}

const notes = [
  'During the stand-up',
  'New bearing',
  'Personal best?',
  'Waiting for the build',
  'Left hand',
  'After lunch',
]
