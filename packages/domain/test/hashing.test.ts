import { ProblemError } from '@spintrack/contract/problems'
import t from 'tap'
import { chooseParameters, createHasher, modest, strong } from '../src/hashing.ts'

const cheap = { memoryCost: 1024, timeCost: 2, parallelism: 1 }

t.test('a password makes a hash that only it opens', async t => {
  const hasher = createHasher({ parameters: cheap })
  const hash = await hasher.hash('correct horse battery')
  t.match(hash, /^\$argon2id\$v=19\$m=1024,.*t=2/)
  t.notMatch(hash, /horse/)
  t.equal(await hasher.verify(hash, 'correct horse battery'), true)
  t.equal(await hasher.verify(hash, 'correct horse batterz'), false)
  t.equal(await hasher.verify(hash, 'correct horse battery '), false, 'a space at the end counts')
  t.not(await hasher.hash('correct horse battery'), hash, 'the same password, another salt')
})

t.test('a letter that keyboards write in two ways is one letter', async t => {
  const hasher = createHasher({ parameters: cheap })
  const hash = await hasher.hash('caf\u00e9 caf\u00e9 caf\u00e9')
  t.equal(await hasher.verify(hash, 'cafe\u0301 cafe\u0301 cafe\u0301'), true)
  t.equal(await hasher.verify(hash, 'cafe cafe cafe'), false)
})

t.test('an unknown user is never right, and costs what a known one costs', async t => {
  // Enough work for the difference between doing it and leaving it out to be plain on any machine.
  const hasher = createHasher({ parameters: { ...cheap, memoryCost: 16_384 } })
  const hash = await hasher.hash('correct horse battery')
  const known: number[] = []
  const unknown: number[] = []
  for (let i = 0; i < 8; i++) {
    known.push(await cost(() => hasher.verify(hash, 'wrong')))
    unknown.push(await cost(() => hasher.verifyDummy('wrong')))
  }
  const ratio = Math.min(...unknown) / Math.min(...known)
  t.ok(ratio > 0.6 && ratio < 1.7, `unknown costs ${ratio.toFixed(2)} times what known costs`)
  t.equal(await hasher.verifyDummy('wrong'), false)
})

t.test('a hash of other parameters or another kind is made anew', async t => {
  const hash = await createHasher({ parameters: cheap }).hash('correct horse battery')
  t.equal(createHasher({ parameters: cheap }).needsRehash(hash), false)
  t.equal(createHasher({ parameters: { ...cheap, timeCost: 3 } }).needsRehash(hash), true)
  t.equal(createHasher({ parameters: { ...cheap, memoryCost: 2048 } }).needsRehash(hash), true)
  t.equal(createHasher({ parameters: cheap }).needsRehash(hash.replace('argon2id', 'argon2i')), true)
})

t.test('work runs a few at a time, waits in a short queue, and is refused beyond', async t => {
  const hasher = createHasher({ parameters: cheap, concurrency: 1, queue: 2 })
  const order: number[] = []
  const answers = await Promise.allSettled([1, 2, 3, 4].map(n => hasher.hash(`${n}`).then(() => order.push(n))))
  t.strictSame(order, [1, 2, 3], 'in the order they came')
  t.match(answers[3], {
    status: 'rejected',
    reason: { name: 'ProblemError', code: 'rate_limited', retryAfter: 1 },
  })
  t.ok(await hasher.hash('5'), 'and the next is welcome')
})

t.test('a check that fails gives its place back', async t => {
  const hasher = createHasher({ parameters: cheap, concurrency: 1, queue: 0 })
  await t.rejects(hasher.verify('not a hash', 'x'))
  await t.resolves(hasher.hash('x'))
})

t.test('known and unknown users wait in one queue', async t => {
  const hasher = createHasher({ parameters: cheap, concurrency: 1, queue: 0 })
  const first = hasher.hash('x')
  await t.rejects(hasher.verifyDummy('x'), ProblemError)
  await first
  await t.resolves(hasher.verifyDummy('x'))
})

t.test('a machine gets the parameters it can bear', async t => {
  t.strictSame(strong, { memoryCost: 65_536, timeCost: 3, parallelism: 1 })
  t.strictSame(modest, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
  t.equal(await chooseParameters(async () => 250), strong)
  t.equal(await chooseParameters(async () => 251), modest)
  const hiccup = [900, 240]
  t.equal(await chooseParameters(async () => hiccup.shift() ?? 0), strong, 'one slow measurement decides nothing')
})

t.test('the measurement is real', async t => {
  const begun = performance.now()
  const chosen = await chooseParameters()
  t.ok(chosen === strong || chosen === modest)
  t.ok(performance.now() - begun > 20, 'something was hashed')
})

/** Processor time of all threads, which other processes on the machine do not lengthen as they do the clock's. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
