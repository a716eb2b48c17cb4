import { everyCompany } from '@spintrack/domain/companies'
import { findCompany } from '@spintrack/domain/lifecycle'
import { errorCode } from '@spintrack/tenancy/errors'
import type { ControlDb } from '@spintrack/tenancy/handles'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { CommandError } from './errors.ts'
import type { Result, Script, ScriptCompany } from './script.ts'

/** A company that a script may run in. */
export type Target = ScriptCompany & { tenant: string; state: string }

/** What came of one company. */
export type Turn = { company: Target; ms: number } & (
  | { result: Result; error?: never }
  | { error: unknown; result?: never }
)

type Execution = {
  /** Without it PostgreSQL refuses to write. */
  write: boolean
  /** How many companies at a time; the app's pool has a connection for each. */
  workers: number
  /** Once it is aborted no further company begins. */
  signal: AbortSignal
  /** Called as each company ends, in whatever order they do. */
  onTurn: (turn: Turn) => void
}

/** The companies with these slugs, or all that are ready. Throws CommandError for one that is on its way in or out. */
export async function chooseTargets(db: ControlDb, slugs: string[] | 'all'): Promise<Target[]> {
  if (slugs === 'all') return (await everyCompany(db)).filter(({ state }) => state === 'ready')
  const targets = []
  for (const slug of new Set(slugs)) targets.push(await findCompany(db, slug))
  const shut = targets.find(({ state }) => !['ready', 'suspended', 'archived'].includes(state))
  if (shut) {
    throw new CommandError(
      `Expected companies that are ready, suspended or archived, but ${shut.slug} is ${shut.state}. Leave it out.`,
    )
  }
  return targets
}

/** Runs a script in each company, as the tenant's own role and in a transaction of its own. One that fails stops no other. */
export async function execute(
  tenancy: Tenancy,
  targets: Target[],
  script: Script,
  { write, workers, signal, onTurn }: Execution,
): Promise<void> {
  const waiting = [...targets]
  const work = async () => {
    while (!signal.aborted) {
      const company = waiting.shift()
      if (!company) return
      const begun = performance.now()
      const { id, slug, name } = company
      const outcome = await tenancy
        .scope({ name: company.tenant }, { readOnly: !write }, db => script(db, { id, slug, name }))
        .then(
          result => ({ result }),
          error => ({ error }),
        )
      onTurn({ company, ms: Math.round(performance.now() - begun), ...outcome })
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
}

/** Whether a script wanted to write and was not allowed to. */
export function isReadOnlyError(error: unknown): boolean {
  return errorCode(error) === '25006'
}
