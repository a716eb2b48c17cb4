import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { processLives } from '../src/embedded-server.ts'

const script = fileURLToPath(new URL('support/with-postgres.ts', import.meta.url))

// Says where the database is and its process, then does what the case says.
function start(ending: string) {
  const command = `echo $SPINTRACK_TEST_DIR; head -n 1 $SPINTRACK_TEST_DIR/postgres/postmaster.pid; ${ending}`
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script, 'sh', '-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH },
  })
  // The one that cleans up holds this pipe, so its end is the end of everything.
  return { child, cleaned: text(child.stderr), lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
}

t.test('the command gets a database of its own, and nothing of it stays', async t => {
  const { child, cleaned, lines } = start('sleep 1000 & exit 7')
  const directory = (await lines.next()).value
  t.match(directory, /spintrack-test-/)
  t.match((await lines.next()).value, /^\d+$/)
  t.same(await once(child, 'exit'), [7, null], 'the exit code is the command’s')
  await cleaned
  await t.rejects(stat(directory), { code: 'ENOENT' })
})

for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
  t.test(`nothing stays after ${signal}`, async t => {
    const { child, cleaned, lines } = start('echo $$; exec sleep 1000')
    const directory = (await lines.next()).value
    await lines.next()
    const command = Number((await lines.next()).value)
    t.equal(processLives(command), true)
    child.kill(signal)
    t.same(await once(child, 'exit'), signal === 'SIGKILL' ? [null, signal] : [signal === 'SIGINT' ? 130 : 143, null])
    await cleaned
    await t.rejects(stat(directory), { code: 'ENOENT' })
  })
}
