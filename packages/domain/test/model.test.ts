import { AssertionError, deepStrictEqual } from 'node:assert'
import { testDatabase } from '@spintrack/database/testing'
import fc from 'fast-check'
import t from 'tap'
import { commands, type Draw, type Step } from './support/commands.ts'
import type { ModelCompany } from './support/model.ts'
import { createWorlds, expectedRows, settle, storedRows, type World } from './support/world.ts'

// MODEL_RUNS is the number of sequences; MODEL_SEED and MODEL_PATH, which a failure prints, replay one.
const { MODEL_RUNS, MODEL_SEED, MODEL_PATH } = process.env
const runs = Number(MODEL_RUNS ?? 300)
const longestShrinkMs = 20_000

t.setTimeout(60_000 + runs * 400)

const database = await testDatabase(t)
const newWorld = await createWorlds(t, database)

type Action = Draw & { command: string }
type Line = Action | { together: [Action, Action] }

const number = fc.nat(999)
const plain = { noNullPrototype: true }

/** How often a command comes, where that is not 2: spins are what the rest is about. */
const weights: Record<string, number> = { createSpin: 9, createSpinner: 4, lateQuery: 3, logIn: 1, signUp: 1, leave: 1 }
const action: fc.Arbitrary<Action> = fc.record(
  {
    command: fc.oneof(
      ...Object.keys(commands).map(name => ({ weight: weights[name] ?? 2, arbitrary: fc.constant(name) })),
    ),
    person: number,
    company: number,
    item: number,
    other: number,
    choice: number,
  },
  plain,
)
const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 5, arbitrary: action },
  { weight: 1, arbitrary: fc.record({ together: fc.tuple(action, action) }, plain) },
)
const sequence = fc.array(line, { minLength: 5, maxLength: 25, size: 'max' })

/** Two people with a company each, so that every sequence has something to mix up. */
const prelude: Action[] = ['signUp', 'signUp', 'createCompany', 'createCompany', 'createSpinner', 'createSpinner'].map(
  (command, index) => ({ command, person: index, company: index, item: index, other: 1, choice: 1 }),
)

t.test(`the product does what a model of it says, in ${runs} random sequences`, async t => {
  const seen = new Map<string, number>()
  let failedAt = Number.POSITIVE_INFINITY
  const property = fc.asyncProperty(fc.integer({ min: 1, max: 3 }), sequence, async (connections, lines) => {
    // The search for a shorter sequence that fails too ends in time to report the shortest so far.
    if (performance.now() - failedAt > longestShrinkMs) return
    try {
      await playAll(await newWorld(connections), [...prelude, ...lines], seen)
    } catch (error) {
      failedAt = Math.min(failedAt, performance.now())
      throw error
    }
  })
  await fc.assert(property, {
    numRuns: runs,
    // Nothing waits for so long, so one that does is a failure with a sequence to replay.
    timeout: 30_000,
    ...(MODEL_SEED && { seed: Number(MODEL_SEED) }),
    ...(MODEL_PATH && { path: MODEL_PATH }),
  })
  t.comment(Object.fromEntries([...seen].toSorted()))
  for (const command of Object.keys(commands)) t.ok(MODEL_PATH || seen.get(command), `${command} was tried`)
})

async function playAll(world: World, lines: Line[], seen: Map<string, number>): Promise<void> {
  try {
    for (const line of lines) await play(world, line, seen)
  } finally {
    for (const late of world.late) late.wake()
    await Promise.allSettled(world.late.map(({ query }) => query))
  }
  for (const late of world.late) await lateAnswer(world, late)
}

async function play(world: World, line: Line, seen: Map<string, number>): Promise<void> {
  const actions = 'together' in line ? line.together : [line]
  const steps = actions.map(action => commands[action.command]?.(world, action))
  for (const { command } of actions) seen.set(command, (seen.get(command) ?? 0) + 1)
  const [first, second] = steps
  if (first && second && independent(first, second)) {
    // Both to their end: one that went on would write into the next sequence.
    const ends = await Promise.allSettled([perform(world, first), perform(world, second)])
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  } else {
    // What the first does may decide what the second must answer, so that is asked again.
    for (const action of actions) {
      const step = commands[action.command]?.(world, action)
      if (step) await perform(world, step)
    }
  }
  compareRows(world, await storedRows(world))
}

/** Neither decides what the other answers. */
function independent(first: Step, second: Step): boolean {
  return first.company !== undefined && second.company !== undefined && first.company !== second.company
}

async function perform(world: World, { expected, run, apply, mayShow }: Step): Promise<void> {
  const outcome = await settle(run())
  noForeignCanary(world, outcome, mayShow)
  deepStrictEqual(part(outcome, expected), expected)
  if ('answer' in outcome) apply?.(outcome.answer as never)
}

function noForeignCanary({ model }: World, outcome: unknown, mayShow: ModelCompany[]): void {
  const text = JSON.stringify(outcome)
  for (const company of model.companies) {
    if (mayShow.includes(company) || !text.includes(company.canary)) continue
    throw new AssertionError({ message: `An answer contains the canary of ${company.name}: ${text}` })
  }
}

/** A query that woke up after its scope was refused; one that came in time saw its own company if anything. */
async function lateAnswer(world: World, { query, inTime, company }: World['late'][number]): Promise<void> {
  const outcome = await settle(query)
  noForeignCanary(world, outcome, [company])
  if (!inTime) deepStrictEqual(outcome, { refused: 'ScopeClosed' })
}

function compareRows(world: World, stored: unknown): void {
  deepStrictEqual(stored, expectedRows(world))
}

/** What of `actual` the shape of `expected` names. */
function part(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected)) return actual.map((item, index) => part(item, expected[index]))
  if (isRecord(actual) && isRecord(expected)) {
    return Object.fromEntries(
      Object.keys(expected)
        .filter(key => key in actual)
        .map(key => [key, part(actual[key], expected[key])]),
    )
  }
  return actual
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
