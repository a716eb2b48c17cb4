import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { confirm } from '../src/confirmation.ts'
import { CommandError } from '../src/errors.ts'

/** A terminal at which somebody types a line. */
function terminal(line: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const output = new PassThrough()
  input.write(`${line}\n`)
  return { input, output }
}

t.test('whoever types the word has confirmed', async t => {
  const at = terminal('acme')
  await confirm('Type acme: ', 'acme', at)
  at.output.end()
  t.equal(await text(at.output), 'Type acme: ')
})

t.test('anything else changes nothing', async t => {
  await t.rejects(confirm('', 'acme', terminal('yes')), { message: 'Expected acme, got "yes". Nothing was changed.' })
})

t.test('where nobody can be asked, --yes is wanted', async t => {
  await t.rejects(confirm('', 'acme', { input: new PassThrough(), output: new PassThrough() }), CommandError)
})
