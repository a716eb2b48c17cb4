import t from 'tap'
import { createSeal } from '../src/seal.ts'

const secret = 'a secret of tests that is long enough'
const seal = createSeal([secret])

t.test('what is sealed is opened again, also by another process and after the secret was replaced', async t => {
  const sealed = seal.close('spin_ä')
  for (const secrets of [[secret], ['a newer secret of tests', secret]])
    t.equal(createSeal(secrets).open(sealed), 'spin_ä')
  t.equal(createSeal([secret]).open(seal.close('')), '')
})

t.test('without the secret it says nothing, not even that two are alike', async t => {
  const [one, two] = [seal.close('spin_0000'), seal.close('spin_0000')]
  t.not(one, two)
  for (const sealed of [one, two]) t.notMatch(Buffer.from(sealed, 'base64url').toString('latin1'), 'spin_')
  t.throws(() => createSeal(['another secret of tests']).open(one), /SESSION_SECRET/)
})

t.test('what was changed, cut or never sealed is not opened', async t => {
  const bytes = Buffer.from(seal.close('spin_0000'), 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] as number) ^ 1
    t.throws(() => seal.open(changed.toString('base64url')), /sealed/, `byte ${at}`)
  }
  for (const text of ['', 'spin_0000', bytes.subarray(1).toString('base64url')])
    t.throws(() => seal.open(text), /sealed/)
})
