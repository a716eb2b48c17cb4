import t from 'tap'
import { allows, type Permission, permissions, roles } from '../src/permissions.ts'

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
    ['members.read', true, true, true, true],
    ['spinners.read', true, true, true, true],
    ['spinners.write', true, true, true, false],
    ['spins.read', true, true, true, true],
    ['spins.write', true, true, true, false],
    ['statistics.read', true, true, true, true],
  ])
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
