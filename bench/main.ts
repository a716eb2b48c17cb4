// npm run bench [-- read create spread fleet api] [--json FILE]: measures, prints a table and JSON; exit code 1 when a target is missed.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { archive } from './archive.ts'
import { bulk } from './bulk.ts'
import { calls } from './calls.ts'
import { fill } from './companies.ts'
import { create } from './create.ts'
import { events } from './events.ts'
import { type Figure, isMet } from './figure.ts'
import { fleet } from './fleet.ts'
import { type Installation, openInstallation } from './installation.ts'
import { read } from './read.ts'
import { json, table } from './report.ts'
import { spread } from './spread.ts'

const names = ['read', 'create', 'spread', 'fleet', 'api'] as const
/** Each on a database of its own. */
const api = [calls, bulk, events]
const spinsEach = 30

const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
const unknown = positionals.filter(name => !names.some(known => known === name))
if (unknown.length > 0) {
  process.stderr.write(`Expected some of ${names.join(', ')}, got ${unknown.join(', ')}.\n`)
  process.exitCode = 2
} else {
  const figures = await measure(name => positionals.length === 0 || positionals.includes(name))
  process.stdout.write(`${table(figures)}\n`)
  if (values.json) await writeFile(values.json, `${json(figures)}\n`)
  else process.stdout.write(`\n${json(figures)}\n`)
  if (figures.some(figure => isMet(figure) === false)) process.exitCode = 1
}

async function measure(wanted: (name: (typeof names)[number]) => boolean): Promise<Figure[]> {
  const figures: Figure[] = []
  if (wanted('read')) {
    await opened(async installation => {
      note('Listing spins over HTTP, about two minutes …')
      figures.push(...(await read(installation)))
    })
  }
  if (wanted('fleet')) {
    await opened(product =>
      opened(plain => opened(async small => void figures.push(...(await fleet(product, plain, small, note))))),
    )
    await opened(async installation => void figures.push(...(await archive(installation, note))))
  }
  for (const part of wanted('api') ? api : []) {
    await opened(async installation => void figures.push(...(await part(installation, note))))
  }
  if (!wanted('create') && !wanted('spread')) return figures
  await opened(async many => {
    note('Making 1,000 companies …')
    const homes = await fill(many, 1_000, spinsEach)
    if (wanted('create')) {
      // On a server of its own: roles are the server's, so two databases on one would both have them all.
      await opened(async few => {
        await fill(few, 10, spinsEach)
        note('Creating companies …')
        figures.push(...(await create(few, many)))
      })
    }
    if (wanted('spread')) {
      note('Reading over many companies …')
      figures.push(...(await spread(many, homes)))
    }
  })
  return figures
}

async function opened(work: (installation: Installation) => Promise<void>): Promise<void> {
  const installation = await openInstallation()
  try {
    await work(installation)
  } finally {
    await installation.close()
  }
}

function note(line: string): void {
  process.stderr.write(`${line}\n`)
}
