import t from 'tap'
import { newTenantName, quoteIdentifier, quoteTenantName } from '../src/names.ts'

t.test('a new name is opaque, never the same twice, and one that can be quoted', async t => {
  const names = Array.from({ length: 1_000 }, newTenantName)
  t.equal(new Set(names).size, names.length)
  for (const name of names) t.match(name, /^t_[a-z0-9]{20}$/)
  t.equal(quoteTenantName('t_0123456789ab'), '"t_0123456789ab"')
})

const refused = [
  '',
  't_',
  't_short',
  `t_${'a'.repeat(27)}`,
  'public',
  'pg_catalog',
  'T_0123456789AB',
  't_0123456789ab"',
  't_0123456789ab"; reset role; --',
  "t_0123456789ab'",
  't_0123456789ab\n',
  't_0123456789ab\0',
  't_0123456789ab, public',
  ' t_0123456789ab',
  't_0123456789é0',
  '__proto__',
]

for (const name of refused) {
  t.test(`${JSON.stringify(name)} is no tenant name`, async t => {
    t.throws(() => quoteTenantName(name), { message: /^Not a tenant name/ })
  })
}

t.test('any other identifier is quoted so that it stays one', async t => {
  t.equal(quoteIdentifier('members'), '"members"')
  t.equal(quoteIdentifier('a"; drop table members; --'), '"a""; drop table members; --"')
})
