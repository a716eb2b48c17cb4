import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import t from 'tap'
import { addSpinner, addToken, startApi } from './support/api.ts'

const api = await startApi(t)
const ada = await api.founder()
await addSpinner(ada, { serialNumber: 'SN-1' })
const { token } = await addToken(ada)

const rows = 12_000
/** Three bytes a character: 1.5 KB a line, 18 MB in all. Different ones, since gzip would make too little of equal ones. */
const notes = Array.from({ length: 100 }, () =>
  String.fromCharCode(...Array.from({ length: 500 }, () => 0x4e00 + randomInt(20_000))),
)
/** A look collects the garbage first, which takes a while: not too often. */
const everyBytes = 2.5e6
const mostBytes = 10e6

t.test('files of 18 MB go in and out of the API, and at no moment does it hold more than a piece of one', async t => {
  const child = fork(join(import.meta.dirname, 'support/api-process.ts'), [api.database.appUrl], {
    execArgv: ['--expose-gc', '--import', import.meta.resolve('tsx')],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [url] = (await once(child, 'message')) as [string]
  const held = async () => {
    child.send('how much?')
    const [bytes] = (await once(child, 'message')) as [number]
    return bytes
  }
  const call = (path: string, init: RequestInit & { duplex?: 'half' } = {}) =>
    fetch(`${url}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  await (await call('/spins')).text()
  const idle = await held()

  let looks: number[] = []
  const look = async () => looks.push((await held()) - idle)
  const importing = async (query: string, packed: boolean) => {
    const file = Readable.from(lines(look))
    const body = Readable.toWeb(packed ? file.pipe(createGzip({ level: 1 })) : file) as ReadableStream
    const headers: Record<string, string> = {
      'content-type': 'text/csv',
      ...(packed && { 'content-encoding': 'gzip' }),
    }
    return (await call(`/spins/import${query}`, { method: 'POST', headers, body, duplex: 'half' })).json()
  }
  const exporting = async (format: string) => {
    let bytes = 0
    for await (const piece of (await call(`/spins/export?format=${format}`)).body ?? []) {
      if (Math.floor(bytes / everyBytes) < Math.floor((bytes + piece.length) / everyBytes)) await look()
      bytes += piece.length
    }
    return bytes
  }
  const judge = (what: string) => {
    t.ok(looks.length > 5, `${what} was looked at ${looks.length} times`)
    t.ok(Math.max(...looks) < mostBytes, `${what} held ${Math.max(...looks)} bytes at most`)
    looks = []
  }
  const all = { accepted: rows, rejected: 0, errors: [] }
  t.same(await importing('?dryRun=true', true), all)
  judge('a dry run')
  t.same(await importing('', false), all)
  judge('an import')
  for (const format of ['csv', 'ndjson']) {
    t.ok((await exporting(format)) > 18e6)
    judge(`an export as ${format}`)
  }
})

async function* lines(look: () => Promise<unknown>) {
  yield 'serialNumber,durationMs,note\n'
  for (let row = 1; row <= rows; row++) {
    if (row % 1_800 === 0) await look()
    yield `SN-1,${row},${notes[row % notes.length]}\n`
  }
}
