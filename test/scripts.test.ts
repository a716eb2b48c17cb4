import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { unwrap } from '@spintrack/client/problem'
import t, { type Test } from 'tap'
import { type Product, startProduct } from './product.ts'

const root = join(import.meta.dirname, '..')
const scripts = join(root, 'examples/scripts')
const run = promisify(execFile)
const ran = new Set<string>()
const readme = readFileSync(join(root, 'packages/client/README.md'), 'utf8')

t.test('scripts against the live product', async t => {
  const product = await startProduct(t)
  const { client, companies, email, password } = product
  // One more than a page has.
  const serialNumbers = Array.from({ length: 101 }, (_, number) => `SN-${1000 + number}`)
  const add = (serialNumber: string) => client.POST('/api/v1/spinners', { body: { name: 'Comet', serialNumber } })
  await Promise.all(serialNumbers.map(serialNumber => unwrap(add(serialNumber))))
  const spins = async () => (await unwrap(client.GET('/api/v1/spins'))).items

  for (const script of ['record-a-spin.ts', 'record-a-spin.sh']) {
    t.test(`${script} records one spin and shows the figures`, async t => {
      const before = (await spins()).length
      t.match(await output(product, script), /averageDurationMs"?: ?12400/)
      t.equal((await spins()).length, before + 1)
    })
  }

  for (const script of ['list-all-spinners.ts', 'list-all-spinners.sh']) {
    t.test(`${script} reads every page`, async t => {
      const listed = (await output(product, script)).match(/SN-\d+/g) ?? []
      t.strictSame(listed.sort(), serialNumbers)
    })
  }

  t.test('import-spins.ts adds the good lines of a file and names the others, once', async t => {
    const path = file(t, ['serialNumber,durationMs,note', 'SN-1000,5,', 'SN-1001,soon,', 'SN-1002,6,"a, b"'])
    const before = await count(product)
    for (const time of ['first', 'second']) {
      const printed = await output(product, 'import-spins.ts', {}, [path])
      t.match(printed, '2 lines are good, 1 are not.\nline 3: durationMs must be integer\n2 spins were added.', time)
    }
    t.equal(await count(product), before + 2)
  })

  t.test('import-spins.sh adds a file, once, or nothing of it, and fails then', async t => {
    const rows = ['serialNumber,durationMs', 'SN-1000,5', 'SN-1001,6']
    const before = await count(product)
    for (let times = 0; times < 2; times++) {
      const printed = await output(product, 'import-spins.sh', {}, [file(t, rows)])
      t.same(JSON.parse(printed), { accepted: 2, rejected: 0, errors: [] })
    }
    t.equal(await count(product), before + 2)
    const { code, stdout } = await output(product, 'import-spins.sh', {}, [file(t, [...rows, 'SN-0,7'])]).then(
      () => t.fail('it must fail'),
      error => error,
    )
    t.equal(code, 1)
    t.match(JSON.parse(stdout), { accepted: 0, rejected: 1, errors: [{ line: 4, code: 'not_found' }] })
    t.equal(await count(product), before + 2)
  })

  t.test('log-in.ts sees every company', async t => {
    const printed = await output(product, 'log-in.ts', { TOKEN: '', EMAIL: email, PASSWORD: password })
    t.strictSame(printed.trim().split('\n').sort(), ['Acme: 101 spinners', 'Globex: 0 spinners'])
  })

  t.test('log-in.sh sees the company it names', async t => {
    const COMPANY = companies[1] ?? ''
    const printed = await output(product, 'log-in.sh', { TOKEN: '', EMAIL: email, PASSWORD: password, COMPANY })
    t.match(JSON.parse(printed), { spins: 0 })
  })

  for (const script of ['follow-events.ts', 'follow-events.sh']) {
    t.test(`${script} prints what happens, until it is stopped`, async t => {
      const next = following(t, product, script)
      t.match(await next(), 'events.begun')
      await output(product, 'record-a-spin.sh')
      const said = await next()
      t.match(said, 'spin.created')
      t.match(said, '12400')
    })
  }

  t.test('a script that is refused says so and fails', async t => {
    const path = file(t, ['serialNumber,durationMs'])
    for (const script of readdirSync(scripts).filter(name => !/^(log-in|tour)/.test(name))) {
      const { stdout, stderr } = await output(product, script, { TOKEN: 'spin_wrong' }, [path]).then(
        () => t.fail(script),
        error => error,
      )
      t.match(stdout + stderr, /unauthenticated/, script)
    }
  })

  t.test('the tour of the client does what its README says', async t => {
    const before = (await spins()).length
    const printed = await output(product, 'tour.ts', { EMAIL: email, PASSWORD: password })
    for (const said of [...serialNumbers, 'true', 'serial_number_taken', 'Hello Ada']) t.match(printed, said)
    t.equal((await spins()).length, before + 1, 'sent twice under one key')
  })
})

t.test('the README of the client shows the tour as it is', async t => {
  const shown = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block)
  t.equal(shown.join('\n'), readFileSync(join(root, 'examples/scripts/tour.ts'), 'utf8'))
})

t.test('every script was run', async t => {
  t.strictSame([...ran].sort(), readdirSync(scripts).sort())
})

function file(t: Test, lines: string[]): string {
  return join(t.testdir({ 'spins.csv': lines.map(line => `${line}\n`).join('') }), 'spins.csv')
}

async function count({ client }: Product): Promise<number> {
  return (await unwrap(client.GET('/api/v1/statistics/summary'))).spins
}

/** What a script prints; rejects with all it said when it fails. */
async function output(
  product: Product,
  script: string,
  env: Record<string, string> = {},
  given: string[] = [],
): Promise<string> {
  const { command, args, options } = invocation(product, script, env, given)
  return (await run(command, args, options)).stdout
}

/** Runs a script that does not end by itself, until the test ends; gives its next line. */
function following(t: Test, product: Product, script: string): () => Promise<string> {
  const { command, args, options } = invocation(product, script)
  // A group of its own, since a shell waits for its curl.
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    process.kill(-(child.pid as number))
    await ended
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  return async () => (await lines.next()).value ?? ''
}

function invocation({ url, token }: Product, script: string, env: Record<string, string> = {}, given: string[] = []) {
  ran.add(script)
  const path = join(scripts, script)
  const [command, before] = script.endsWith('.ts') ? [process.execPath, ['--import', 'tsx', path]] : [path, []]
  const { PATH } = process.env
  return {
    command,
    args: [...before, ...given],
    options: { cwd: root, env: { PATH, SPINTRACK_URL: url, TOKEN: token, ...env } },
  }
}
