import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { ProblemError } from '@spintrack/contract/problems'
import argon2 from 'argon2'

/** What one argon2id hash costs: `memoryCost` in KiB, `timeCost` in passes, `parallelism` in lanes. */
export type Parameters = { memoryCost: number; timeCost: number; parallelism: number }

export type Hasher = {
  /** The argon2id hash of the password, in PHC form. Throws `rate_limited` when too many wait. */
  hash(password: string): Promise<string>
  /** Whether the password made the hash. Throws `rate_limited` when too many wait. */
  verify(hash: string, password: string): Promise<boolean>
  /** Costs what `verify` costs and is always false: for addresses without an account, so that time tells nothing. */
  verifyDummy(password: string): Promise<false>
  /** Whether the hash was made with other parameters than new ones are. */
  needsRehash(hash: string): boolean
}

/** The first is wanted; the second, OWASP's smallest, is for machines on which the first takes too long. */
export const strong: Parameters = { memoryCost: 65_536, timeCost: 3, parallelism: 1 }
export const modest: Parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** A log-in may take this long, in milliseconds, when nobody else logs in. */
const bearable = 250

// argon2 runs on libuv's threads, four unless told otherwise; the last one stays free for files and host names.
const concurrencyByDefault = Math.max(1, Math.min(availableParallelism(), 3))

type HasherOptions = {
  parameters?: Parameters
  /** How many hashes run at once; as many as cores by default, at most 3. */
  concurrency?: number
  /** How many may wait; four for each core by default. */
  queue?: number
}

/**
 * Hashes passwords, a few at a time: a hash fills a core and 64 MiB for a quarter of a second, so a burst of log-ins
 * would take the machine away from everybody else. Whoever finds the queue full is told to come back.
 */
export function createHasher({
  parameters = strong,
  concurrency = concurrencyByDefault,
  queue = 4 * availableParallelism(),
}: HasherOptions = {}): Hasher {
  const inTurn = createTurns(concurrency, queue)
  const dummy = dummyHash(parameters)
  return {
    hash: password => inTurn(() => argon2.hash(stable(password), { ...parameters, type: argon2.argon2id })),
    verify: (hash, password) => inTurn(() => argon2.verify(hash, stable(password))),
    verifyDummy: password => inTurn(() => argon2.verify(dummy, stable(password)).then(() => false as const)),
    needsRehash: hash => !hash.startsWith('$argon2id$') || argon2.needsRehash(hash, parameters),
  }
}

/**
 * Measures one hash, once at boot, and gives the strong parameters where it is bearable, else the modest ones. Being the
 * first to call argon2, it also proves that the native module works; throws when it does not.
 * `milliseconds` is for tests: it runs the work and says how long that took.
 */
export async function chooseParameters(milliseconds = stopwatch): Promise<Parameters> {
  await smokeTest()
  const measure = () => milliseconds(() => argon2.hash('a password of some length', strong))
  // A slow one gets a second try: the first also pays for memory never touched and for whatever else starts up now.
  return (await measure()) <= bearable || (await measure()) <= bearable ? strong : modest
}

async function smokeTest(): Promise<void> {
  const hash = await argon2.hash('right', modest)
  if ((await argon2.verify(hash, 'right')) && !(await argon2.verify(hash, 'wrong'))) return
  throw new Error(
    'Expected argon2 to know a right password from a wrong one, and it does not. Run `npm rebuild argon2`.',
  )
}

async function stopwatch(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** One password has one form: keyboards disagree on whether é is one character or two (NIST SP 800-63B, 5.1.1.2). */
function stable(password: string): string {
  return password.normalize('NFKC')
}

/** A hash that no password is known to make, with the parameters of real ones. */
function dummyHash({ memoryCost, timeCost, parallelism }: Parameters): string {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(32)}`
}

/** Runs `concurrency` pieces of work at once, lets `queue` more wait in order, and refuses the rest. */
function createTurns(concurrency: number, queue: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < concurrency) running++
    else if (waiting.length < queue) await new Promise<void>(resolve => waiting.push(resolve))
    else throw busy()
    try {
      return await work()
    } finally {
      // The place goes straight to the next in line; nobody who comes now can slip in before.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

function busy(): ProblemError {
  return new ProblemError('rate_limited', 'Too many people are logging in at this moment. Try again in a second.', {
    retryAfter: 1,
  })
}
