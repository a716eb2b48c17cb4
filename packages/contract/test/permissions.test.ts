import t from 'tap'
import { allows, grantableBy, type Permission, permissions, roles } from '../src/permissions.ts'
import { missingScope, type TokenScope } from '../src/tokens.ts'

t.test('the matrix is that of the contract', async t => {
  const matrix = Object.keys(permissions).map(permission => [
    permission,
    ...roles.map(role => allows(role, permission as Permission)),
  ])
  t.strictSame(matrix, [
    //                   owner, admin, member, viewer
    ['company.read', true, true, true, true],
    ['company.update', true, true, false, false],
    ['company.delete', true, false, false, false],
    ['demo.write', true, false, false, false],
    ['exports.read', true, true, false, false],
    ['exports.write', true, true, false, false],
    ['templates.write', true, true, false, false],
    ['copies.write', true, true, false, false],
    ['tokens.read', true, true, true, true],
    ['tokens.write', true, true, true, true],
    ['tokens.oversee', true, true, false, false],
    ['webhooks.read', true, true, false, false],
    ['webhooks.write', true, true, false, false],
    ['members.read', true, true, true, true],
    ['members.write', true, true, false, false],
    ['membership.write', true, true, true, true],
    ['owners.write', true, false, false, false],
    ['invitations.read', true, true, false, false],
    ['invitations.write', true, true, false, false],
    ['spinners.read', true, true, true, true],
    ['spinners.write', true, true, true, false],
    ['spins.read', true, true, true, true],
    ['spins.write', true, true, true, false],
    ['statistics.read', true, true, true, true],
    ['events.read', true, true, true, true],
  ])
})

t.test('owners give and take every role, admins all but that of owners, others none', async t => {
  t.strictSame(
    roles.map(role => [role, grantableBy(role)]),
    [
      ['owner', ['owner', 'admin', 'member', 'viewer']],
      ['admin', ['admin', 'member', 'viewer']],
      ['member', []],
      ['viewer', []],
    ],
  )
})

t.test('a higher role may do all that a lower one may', async t => {
  for (const permission of Object.keys(permissions) as Permission[]) {
    const allowed = roles.map(role => allows(role, permission))
    t.strictSame(
      allowed,
      [...allowed].sort((a, b) => Number(b) - Number(a)),
      permission,
    )
  }
})

t.test('a token needs its scope as well, and to write includes to read', async t => {
  const reads = Object.keys(permissions).filter(name => name.endsWith('.read')) as Permission[]
  const rest = (Object.keys(permissions) as Permission[]).filter(name => !reads.includes(name))
  const missing = (scopes: TokenScope[], names: Permission[]) => [
    ...new Set(names.map(name => missingScope(scopes, name))),
  ]
  t.strictSame([missing(['read'], reads), missing(['read'], rest)], [[undefined], ['write']])
  t.strictSame([missing(['write'], reads), missing(['write'], rest)], [[undefined], [undefined]])
  t.strictSame([missing(['read', 'write'], reads), missing(['read', 'write'], rest)], [[undefined], [undefined]])
  t.strictSame([missing([], reads), missing([], rest)], [['read'], ['write']])
})
