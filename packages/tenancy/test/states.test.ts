import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { WrongState } from '../src/errors.ts'
import { changeState, type Transition, transitions } from '../src/states.ts'
import { tenantStates } from '../src/tenants.ts'
import { newTenant } from './support/tenants.ts'

const database = await testDatabase(t)
const { owner, tenancy } = database
const tenant = await newTenant(database)

const put = (state: string) => owner.query('update tenants set state = $2 where name = $1', [tenant.name, state])
async function stateNow(): Promise<string> {
  const { rows } = await owner.query('select state from tenants where name = $1', [tenant.name])
  return rows[0].state
}

for (const change of Object.keys(transitions) as Transition[]) {
  const { from, to }: { from: readonly string[]; to: string } = transitions[change]
  t.test(`${change} leads to ${to} from ${from} and from nowhere else`, async t => {
    for (const state of tenantStates) {
      await put(state)
      const changing = changeState(tenancy.control, tenant, change)
      if (from.includes(state)) await changing
      else await t.rejects(changing, WrongState)
      t.equal(await stateNow(), from.includes(state) ? to : state)
    }
  })
}

t.test('a refusal says what was expected, what it is, and what can be done', async t => {
  await put('suspended')
  await t.rejects(changeState(tenancy.control, tenant, 'archive'), {
    message: 'To archive it, it must be ready, but it is suspended. What can be done with it: resume.',
  })
  await put('purging')
  await t.rejects(changeState(tenancy.control, tenant, 'suspend'), {
    message: 'To suspend it, it must be ready, but it is purging. Nothing can be done with it.',
  })
  await t.rejects(changeState(tenancy.control, { name: 't_nobodyhasthis' }, 'suspend'), /it is gone/)
})

t.test('of the same change twice at once, one wins', async t => {
  await put('ready')
  const outcomes = await Promise.allSettled([1, 2].map(() => changeState(tenancy.control, tenant, 'suspend')))
  t.strictSame(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})
