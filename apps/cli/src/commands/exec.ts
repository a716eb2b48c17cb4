import { rootCause } from '@spintrack/tenancy/errors'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { CommandError } from '../errors.ts'
import { chooseTargets, execute, isReadOnlyError, type Turn } from '../exec.ts'
import { wholeNumber } from '../options.ts'
import { print, printError } from '../output.ts'
import { openScript, StatementFailed } from '../script.ts'

type Options = { company?: string[]; all?: boolean; write?: boolean; workers: number; json?: boolean }

/** `spintrack exec`: SQL or TypeScript inside companies. */
export function execCommand(): Command {
  return new Command('exec')
    .description('run a .sql or .ts file inside companies, one transaction each; reads only, unless --write is given')
    .argument('<file>', 'a .sql file, or a .ts file with: export default async (db, { company }) => …')
    .option('--company <slug...>', 'run it in these companies')
    .option('--all', 'run it in every company that is ready')
    .option('--write', 'let it write')
    .option('--workers <number>', 'how many companies at a time', wholeNumber(1, 10), 4)
    .option('--json', 'one line of JSON for each company')
    .addHelpText(
      'after',
      '\nExit code 1 if it failed in a company or did not get to one. Ctrl-C lets the running ones end.',
    )
    .action(async (file: string, { company, all, write = false, workers, json = false }: Options) => {
      if (!company === !all) throw new CommandError('Name companies with --company, or say --all.')
      const script = await openScript(file)
      await withControl(async ({ database: { tenancy } }) => {
        const targets = await chooseTargets(tenancy.control, company ?? 'all')
        let ended = 0
        let failed = 0
        const onTurn = (turn: Turn) => {
          ended++
          if (turn.error !== undefined) failed++
          printError(`[${ended}/${targets.length}] ${progress(turn)}\n`)
          print(json ? jsonLine(turn) : block(turn))
        }
        const { signal, forget } = interruption()
        await execute(tenancy, targets, script, { write, workers, signal, onTurn }).finally(forget)
        const left = targets.length - ended
        printError(`${ended - failed} done, ${failed} failed${left > 0 ? `, ${left} not begun` : ''}.\n`)
        if (failed + left > 0) process.exitCode = 1
      })
    })
}

/** Aborted by the first Ctrl-C. The second ends the process at once, as ever. */
function interruption(): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController()
  const interrupt = () => {
    printError('Stopping once the running companies have ended. Press Ctrl-C again to stop at once.\n')
    controller.abort()
  }
  process.once('SIGINT', interrupt)
  return { signal: controller.signal, forget: () => process.off('SIGINT', interrupt) }
}

function progress({ company, ms, error }: Turn): string {
  return error === undefined ? `${company.slug} ${ms} ms` : `${company.slug} failed: ${reason(error)}`
}

function block({ company, result }: Turn): string {
  return result ? `${company.slug}\n${result.text().replace(/^(?=.)/gm, '  ')}\n` : ''
}

function jsonLine({ company, result, error }: Turn): string {
  const outcome = result ? { result: result.json ?? null } : { error: reason(error) }
  return `${JSON.stringify({ company: company.slug, ...outcome }, plain)}\n`
}

/** JSON has no whole numbers as large as PostgreSQL's. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function reason(error: unknown): string {
  const said = error instanceof StatementFailed ? error : rootCause(error)
  const message = said instanceof Error ? said.message : String(said)
  return isReadOnlyError(error) ? `${message}. It was run to read; give --write to let it write` : message
}
