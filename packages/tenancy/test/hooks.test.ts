import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { claimTenant } from '../src/claim.ts'
import { QueryNotAwaited } from '../src/errors.ts'
import type { Hook, Hooks } from '../src/hooks.ts'
import { currentVersion, provision } from '../src/provision.ts'
import { memberNames } from './support/tenants.ts'

const { owner, tenancy, blueprint } = await testDatabase(t)
const version = currentVersion(blueprint)

const member: Hook = async ({ tenant, query }) => {
  await query('insert into members (id, name) values (gen_random_uuid(), $1)', [`of ${tenant.name}`])
}
const failing: Hook = async ({ query }) => {
  await query('select 1')
  throw new Error('on purpose')
}

t.test('provisioning runs the hooks where the tables are not yet, and where they are', async t => {
  const seen: unknown[] = []
  const tables: Hook = async ({ query }) => {
    const { rows } = await query(
      'select count(*)::int as tables, current_user as login from pg_tables where schemaname = current_schema()',
    )
    seen.push(rows[0])
  }
  const hooks: Hooks = {
    beforeProvision: tables,
    afterProvision: async step => {
      await tables(step)
      await member(step)
    },
  }
  const tenant = await provision(owner, { ...blueprint, hooks })
  const tableCount = Object.keys(blueprint.grants).length
  t.strictSame(seen, [
    { tables: 0, login: 'spintrack_owner' },
    { tables: tableCount, login: 'spintrack_owner' },
  ])
  t.strictSame(await tenancy.scope(tenant, {}, memberNames), [`of ${tenant.name}`])
})

t.test('a hook of provisioning that fails leaves nothing', async t => {
  for (const name of ['beforeProvision', 'afterProvision']) {
    const before = await counts()
    await t.rejects(provision(owner, { ...blueprint, hooks: { [name]: failing } }), { message: 'on purpose' })
    t.strictSame(await counts(), before)
  }
})

t.test('a hook that awaits too little takes its step back', async t => {
  const before = await counts()
  const careless: Hook = async ({ query }) => {
    query('select pg_sleep(0.01)').catch(() => {})
  }
  await t.rejects(provision(owner, { ...blueprint, hooks: { afterProvision: careless } }), QueryNotAwaited)
  t.strictSame(await counts(), before)
})

t.test('without hooks provisioning stays one message', async t => {
  const client = await owner.connect()
  const sent = t.capture(client, 'query', client.query)
  client.release()
  await provision(owner, blueprint)
  const texts = sent().map(({ args }) => String(args[0]).slice(0, 12))
  t.strictSame(texts, ['begin', 'create role ', 'commit'])
})

t.test('activating runs its hooks as the tenant, around the work', async t => {
  const order: string[] = []
  const note =
    (what: string): Hook =>
    async ({ tenant, query }) => {
      const { rows } = await query('select current_user as role')
      order.push(`${what} ${rows[0].role === tenant.name}`)
    }
  const hooks = { beforeActivate: note('before'), afterActivate: note('after') }
  await claimTenant(tenancy, { version, hooks }, async () => order.push('work'))
  t.strictSame(order, ['before true', 'work', 'after true'])
})

t.test('a hook of activating that fails leaves the tenant on standby', async t => {
  for (const name of ['beforeActivate', 'afterActivate']) {
    const before = await counts()
    let claimed = ''
    const hooks = {
      [name]: async (step: Parameters<Hook>[0]) => {
        claimed = step.tenant.name
        await member(step)
        return failing(step)
      },
    }
    await t.rejects(
      claimTenant(tenancy, { version, hooks }, async () => {}),
      { message: 'on purpose' },
    )
    t.strictSame(await counts(), before)
    t.strictSame(await tenancy.scope({ name: claimed }, {}, memberNames), [])
  }
})

async function counts() {
  const { rows } = await tenancy.control.execute(
    sql`select state, count(*)::int from tenants group by state order by state`,
  )
  return rows
}
