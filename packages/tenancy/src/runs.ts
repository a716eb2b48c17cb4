import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/**
 * How a run stands: `running` until every tenant had its turn, `paused` by an operator, `halted` because a canary
 * failed, `done`, or `failed` when some tenants did. A run whose process died stays `running` and is taken up again.
 */
export const runStates = ['running', 'paused', 'halted', 'done', 'failed'] as const
export type RunState = (typeof runStates)[number]

/** How a turn stands: `running` between two tries for a table that is in use; a try itself is one transaction. */
export const turnStates = ['waiting', 'running', 'done', 'failed'] as const
export type TurnState = (typeof turnStates)[number]

/** Migrations of the fleet, each with the version it brings its tenants to. */
export const fleetRuns = pgTable(
  'fleet_runs',
  {
    id: uuid().primaryKey(),
    state: text().$type<RunState>().notNull(),
    /** How many tenant migrations a tenant has when its turn is done. */
    version: integer().notNull(),
    startedAt: instant('started_at').notNull().defaultNow(),
    finishedAt: instant('finished_at'),
  },
  table => [
    check('fleet_runs_state_check', sql.raw(`state in (${runStates.map(state => `'${state}'`).join(', ')})`)),
    index('fleet_runs_started_index').on(table.startedAt),
  ],
)

/** One tenant's turn in a run. A tenant's tables, its version and its turn change in one transaction. */
export const fleetTurns = pgTable(
  'fleet_turns',
  {
    runId: uuid('run_id')
      .notNull()
      .references(() => fleetRuns.id, { onDelete: 'cascade' }),
    /** No foreign key: the turn stays when the tenant goes. */
    tenant: text().notNull(),
    state: text().$type<TurnState>().notNull().default('waiting'),
    /** Goes before the others, which follow only if no canary failed. */
    canary: boolean().notNull().default(false),
    attempt: integer().notNull().default(0),
    fromVersion: integer('from_version').notNull(),
    toVersion: integer('to_version').notNull(),
    error: text(),
    startedAt: instant('started_at'),
    durationMs: integer('duration_ms'),
  },
  table => [
    primaryKey({ columns: [table.runId, table.tenant] }),
    check('fleet_turns_state_check', sql.raw(`state in (${turnStates.map(state => `'${state}'`).join(', ')})`)),
    index('fleet_turns_waiting_index').on(table.runId, table.canary).where(sql`state = 'waiting'`),
  ],
)
