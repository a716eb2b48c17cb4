import { type ControlDb, handle, type Queryable } from '@spintrack/tenancy/handles'
import t from 'tap'
import { createFindTokenPrincipal } from '../src/principal.ts'
import { hashToken, newToken } from '../src/token-format.ts'

/** A database that knows no token, and what it was asked for. */
function empty() {
  const asked: unknown[][] = []
  const client: Queryable = {
    async query(_config, values = []) {
      asked.push(values)
      return { rows: [], rowCount: 0, command: 'SELECT', oid: 0, fields: [] }
    },
  }
  return { asked, find: createFindTokenPrincipal(handle<ControlDb>(client)) }
}

t.test('a mistyped token is refused without a query', async t => {
  const { asked, find } = empty()
  const token = newToken()
  const other = token.at(-1) === 'x' ? 'y' : 'x'
  for (const text of [`${token.slice(0, -1)}${other}`, `${token}x`, token.slice(1), 'spin_', '']) {
    t.equal(await find(text), null)
  }
  t.strictSame(asked, [])
})

t.test('one that could be right costs one query, which sees its hash alone', async t => {
  const { asked, find } = empty()
  const token = newToken()
  t.equal(await find(token, 'some-company'), null)
  t.strictSame(asked, [[hashToken(token)]])
})
