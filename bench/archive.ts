import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { quoteTenantName } from '@spintrack/tenancy/names'
import { createPool, type Pool } from '@spintrack/tenancy/pool'
import { provision } from '@spintrack/tenancy/provision'
import type { ArchiveRun } from './archive-run.ts'
import { fill } from './companies.ts'
import { copyIn, copyOut } from './copy.ts'
import type { Figure } from './figure.ts'
import { type Installation, settle } from './installation.ts'
import { time } from './samples.ts'

const spins = 1_000_000
const rounds = 5

/** Writing a company with a million spins into an archive and making a company of it, against COPY of the same rows. */
export async function archive(installation: Installation, note: (line: string) => void): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'spintrack-bench-archive-'))
  try {
    note(`Making a company of ${spins} spins …`)
    const [home] = await fill(installation, 1, 1)
    if (!home) throw new Error('Expected a company, and there is none')
    await multiply(installation.owner, home.tenant)
    await settle(installation)
    note('Exporting and importing it, and copying its rows …')
    return await measure(installation, home.tenant, folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(installation: Installation, tenant: string, folder: string): Promise<Figure[]> {
  const { owner, ownerUrl, appUrl, blueprint } = installation
  const plain = createPool({ connectionString: ownerUrl, max: 1, pipeline: false })
  const [file, copied] = [join(folder, 'company.zip'), join(folder, 'spins.copy')]
  const run = (direction: 'export' | 'import', company: string) =>
    spawnRun([direction, ownerUrl, appUrl, file, company])
  const exported: ArchiveRun[] = []
  const copiedOut: number[] = []
  const imported: ArchiveRun[] = []
  const copiedIn: number[] = []
  for (let round = 0; round < rounds; round++) {
    exported.push(await run('export', tenant))
    copiedOut.push(await time(() => copyOut(plain, tenant, copied)))
    imported.push(await run('import', `bench-${round}`))
    const { name } = await provision(owner, blueprint)
    copiedIn.push(await time(() => copyIn(plain, { from: tenant, to: name }, copied)))
    await settle(installation)
  }
  await plain.end()
  const perSecond = (ms: number) => (spins / ms) * 1_000
  const figures = (
    [
      ['export', exported, 'COPY TO STDOUT into a file', copiedOut],
      ['import', imported, 'COPY FROM STDIN of that file', copiedIn],
    ] as const
  ).map(([name, runs, baseline, plain]): Figure[] => [
    {
      name: `${name} of a company with ${spins} spins`,
      unit: 'rows/s',
      samples: runs.map(({ ms }) => perSecond(ms)),
      baseline: { name: baseline, samples: plain.map(perSecond) },
      target: { of: 'ratio', atLeast: 0.5 },
    },
    {
      name: `peak memory of its process, ${name}`,
      unit: 'MB',
      samples: runs.map(({ peakMegabytes }) => peakMegabytes),
      target: { of: 'value', atMost: 256 },
    },
  ])
  return figures.flat()
}

/** Makes the one spin that is there a million, a minute apart. */
async function multiply(owner: Pool, tenant: string): Promise<void> {
  const table = `${quoteTenantName(tenant)}.spins`
  await owner.query(
    `insert into ${table} (id, spinner_id, member_id, started_at, duration_ms, note)
     select gen_random_uuid(), spinner_id, member_id, started_at - n * interval '1 minute', 10000 + n % 60000,
       case when n % 4 = 0 then 'A quiet one' end
     from ${table}, generate_series(1, ${spins - 1}) as n`,
  )
}

const program = join(import.meta.dirname, 'archive-run.ts')

async function spawnRun(args: string[]): Promise<ArchiveRun> {
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0) throw new Error(`bench/archive-run.ts ${args[0]} ended with ${code}`)
  return JSON.parse(output)
}
