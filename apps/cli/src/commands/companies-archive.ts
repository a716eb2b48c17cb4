import { access, constants } from 'node:fs/promises'
import { archivePlan, importCompany } from '@spintrack/domain/archives'
import { findCompany } from '@spintrack/domain/lifecycle'
import { exportTenant } from '@spintrack/tenancy/archive-export'
import { writeWhole } from '@spintrack/tenancy/archive-file'
import { Command } from 'commander'
import { withControl } from '../control.ts'
import { CommandError } from '../errors.ts'
import { print, printError, table } from '../output.ts'

/** `spintrack companies export`: a company as one file. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write a company into an archive: its tables, files, and memberships by e-mail address; no secrets')
    .argument('<slug>', 'the company')
    .argument('<file>', 'the archive, a ZIP file; it appears when it is whole')
    .action((slug: string, file: string) =>
      withControl(async ({ database: { tenancy } }) => {
        const { tenant } = await findCompany(tenancy.control, slug)
        const home = { name: tenant }
        const { signal } = interruption()
        const options = { onProgress: progress('exported'), signal }
        const { manifest, bytes, sha256 } = await writeWhole(file, destination =>
          exportTenant(tenancy, home, archivePlan(home), destination, options),
        ).catch(error => {
          throw signal.aborted ? signal.reason : error
        })
        const rows = Object.fromEntries(manifest.tables.map(({ name, rows }) => [name, rows]))
        print(`${counts(rows)}\n${file}: ${bytes} bytes, SHA-256 ${sha256}\n`)
      }),
    )
}

/** `spintrack companies import`: a company out of such a file. */
export function importCommand(): Command {
  return new Command('import')
    .description('make a company of an archive, which is verified first; an older one is brought up to date')
    .argument('<file>', 'what spintrack companies export wrote')
    .option('--slug <slug>', 'another address than the archive says')
    .option('--owner <address>', 'e-mail address of an account that shall own it')
    .action(async (file: string, options: { slug?: string; owner?: string }) => {
      await requireReadable(file)
      await withControl(async ({ owner, blueprint }) => {
        const onProgress = progress('imported')
        const { rows, name, slug, joined, unknown } = await importCompany(owner, blueprint, file, {
          ...options,
          onProgress,
        })
        print(`${counts(rows)}\nImported ${name} at /c/${slug}.\n`)
        print(`Can enter it: ${joined.join(', ')}\n`)
        if (unknown.length > 0) print(`Have no account here: ${unknown.join(', ')}\n`)
      })
    })
}

/** The first Ctrl-C ends the export tidily, a second one the process. */
function interruption(): AbortController {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new CommandError('Interrupted. Nothing was written.')))
  return stop
}

async function requireReadable(file: string): Promise<void> {
  await access(file, constants.R_OK).catch(() => {
    throw new CommandError(`Expected an archive in ${file}, but there is no file that may be read. Check the path.`)
  })
}

function counts(rows: Record<string, number>): string {
  return table(
    ['TABLE', 'ROWS'],
    Object.entries(rows).map(([name, count]) => [name, String(count)]),
  )
}

/** At most a line a second. */
function progress(done: string): (table: string, rows: number) => void {
  let last = Date.now()
  return (name, rows) => {
    if (Date.now() - last < 1_000) return
    last = Date.now()
    printError(`${name}: ${rows} rows ${done}\n`)
  }
}
