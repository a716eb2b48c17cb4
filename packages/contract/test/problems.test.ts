import t from 'tap'
import { ProblemError, problems } from '../src/problems.ts'

t.test('every code has the status of a refusal or a fault, and a title of its own', async t => {
  const entries = Object.entries(problems)
  for (const [code, { status, title }] of entries) {
    t.match(code, /^[a-z]+(_[a-z]+)*$/)
    t.ok(status >= 400 && status < 600, `${code} is ${status}`)
    t.match(title, /^[A-Z].*[^.]$/, `${code} has a title`)
  }
  t.equal(new Set(entries.map(([, { title }]) => title)).size, entries.length, 'no title stands for two codes')
})

t.test('a problem without a detail of its own says its title', async t => {
  t.equal(new ProblemError('not_found').message, 'Not found.')
  t.equal(new ProblemError('not_found', 'There is no such spinner.').message, 'There is no such spinner.')
})

t.test('a problem carries its code, fields, cause and when to come back', async t => {
  const cause = new Error('below')
  const errors = [{ path: '/body/name', message: 'is required' }]
  t.match(new ProblemError('rate_limited', 'Slowly.', { errors, retryAfter: 3, cause }), {
    name: 'ProblemError',
    code: 'rate_limited',
    errors,
    retryAfter: 3,
    cause,
  })
})
