import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { unwrap } from '@spintrack/client/problem'
import t from 'tap'
import { type Product, startProduct } from './product.ts'

const root = join(import.meta.dirname, '..')
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

  t.test('log-in.ts sees every company', async t => {
    const printed = await output(product, 'log-in.ts', { TOKEN: '', EMAIL: email, PASSWORD: password })
    t.strictSame(printed.trim().split('\n').sort(), ['Acme: 101 spinners', 'Globex: 0 spinners'])
  })

  t.test('log-in.sh sees the company it names', async t => {
    const COMPANY = companies[1] ?? ''
    const printed = await output(product, 'log-in.sh', { TOKEN: '', EMAIL: email, PASSWORD: password, COMPANY })
    t.match(JSON.parse(printed), { spins: 0 })
  })

  t.test('a script that is refused says so and fails', async t => {
    for (const script of ['record-a-spin.ts', 'record-a-spin.sh', 'list-all-spinners.ts', 'list-all-spinners.sh']) {
      const { stdout, stderr } = await output(product, script, { TOKEN: 'spin_wrong' }).then(
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
  t.strictSame([...ran].sort(), readdirSync(join(root, 'examples/scripts')).sort())
})

/** What a script prints; rejects with all it said when it fails. */
async function output({ url, token }: Product, script: string, env: Record<string, string> = {}): Promise<string> {
  ran.add(script)
  const path = join(root, 'examples/scripts', script)
  const [command, args] = script.endsWith('.ts') ? [process.execPath, ['--import', 'tsx', path]] : [path, []]
  const { PATH } = process.env
  return (await run(command, args, { cwd: root, env: { PATH, SPINTRACK_URL: url, TOKEN: token, ...env } })).stdout
}
