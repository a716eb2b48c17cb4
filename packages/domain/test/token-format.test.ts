import fc from 'fast-check'
import t from 'tap'
import { hashToken, isToken, newToken, prefixOf } from '../src/token-format.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const length = 'spin_'.length + 36
const character = fc.constantFrom(...alphabet)
const position = fc.nat(length - 1)

t.test('a new token has the format, and no two are alike', async t => {
  const made = Array.from({ length: 1000 }, newToken)
  t.strictSame(
    made.filter(token => !/^spin_[0-9A-Za-z]{36}$/.test(token) || !isToken(token)),
    [],
  )
  t.equal(new Set(made).size, made.length)
  const used = new Set(made.flatMap(token => [...token.slice(5, 35)]))
  t.equal(used.size, alphabet.length, 'every character occurs')
})

t.test('the checksum is CRC32 of all before it, as another implementation writes it', async t => {
  for (const token of ['spin_0000000000000000000000000000002MTbk5', 'spin_abcdefghijKLMNOPQRST01234567894QhwgB']) {
    t.ok(isToken(token), token)
  }
})

t.test('one character typed wrong is noticed, whichever it is', async () => {
  fc.assert(
    fc.property(position, character, (at, other) => {
      const token = newToken()
      fc.pre(token[at] !== other)
      return !isToken(token.slice(0, at) + other + token.slice(at + 1))
    }),
  )
})

t.test('two neighbours exchanged are noticed', async () => {
  fc.assert(
    fc.property(fc.nat(length - 2), at => {
      const token = newToken()
      fc.pre(token[at] !== token[at + 1])
      return !isToken(token.slice(0, at) + token[at + 1] + token[at] + token.slice(at + 2))
    }),
  )
})

t.test('a character too many or too few is noticed', async () => {
  fc.assert(
    fc.property(position, character, (at, added) => {
      const token = newToken()
      const [before, after] = [token.slice(0, at), token.slice(at)]
      return !isToken(before + after.slice(1)) && !isToken(before + added + after)
    }),
  )
})

t.test('nothing else is a token', async t => {
  fc.assert(fc.property(fc.string(), text => !isToken(text)))
  fc.assert(fc.property(fc.string({ unit: character, minLength: 36, maxLength: 36 }), text => !isToken(`spin_${text}`)))
  const token = newToken()
  for (const text of ['', `${token}\n`, ` ${token}`, token.toUpperCase(), token.toLowerCase()]) t.notOk(isToken(text))
})

t.test('what is stored and what is shown do not give the token away', async t => {
  const token = newToken()
  t.equal(hashToken('spin_'), 'd41e0b162ba19e594526786ed529fb2cdf782422a99fbce2b83088cd6309e0fa', 'SHA-256')
  t.equal(prefixOf(token), token.slice(0, 9), 'four of thirty')
})
