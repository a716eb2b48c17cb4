import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { claimTenant, standbyChannel } from '../src/claim.ts'
import { DatabaseUnavailable, NoStandbyTenant } from '../src/errors.ts'
import { currentVersion, provision } from '../src/provision.ts'
import { keepStandby } from '../src/standby.ts'
import { addMember, backendOf, memberNames, superuser, terminate } from './support/tenants.ts'

// Each test has a database of its own: they count what stands by.
const connections = 3

t.test('claims at the same time take different tenants', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t, { connections })
  while ((await standing(owner)) < 8) await provision(owner, blueprint)
  const version = currentVersion(blueprint)
  const claimed = await Promise.all(
    Array.from({ length: 8 }, () => claimTenant(tenancy, { version }, async (_, tenant) => tenant.name)),
  )
  t.equal(new Set(claimed).size, 8)
  t.equal(await standing(owner), 0)
  const { rows } = await owner.query(
    "select name from tenants where state = 'ready' and claimed_at is not null and name = any($1)",
    [claimed],
  )
  t.equal(rows.length, 8)
})

t.test('the tenant becomes ready together with what is written', async t => {
  const { tenancy, blueprint } = await testDatabase(t, { connections })
  const tenant = await claimTenant(tenancy, { version: currentVersion(blueprint) }, async (db, tenant, enter) => {
    await db.execute(
      sql`insert into companies (id, tenant, slug, name) values (gen_random_uuid(), ${tenant.name}, 'one', 'One')`,
    )
    await enter(tenant, inside => addMember(inside, 'founder'))
    return tenant
  })
  t.strictSame(await tenancy.scope(tenant, {}, memberNames), ['founder'])
  const { rows } = await tenancy.control.execute(sql`select tenant from companies`)
  t.strictSame(rows, [{ tenant: tenant.name }])
})

t.test('work that fails leaves its tenant on standby, and nothing in it', async t => {
  const database = await testDatabase(t, { connections })
  const { tenancy, owner, blueprint } = database
  const operator = superuser(t, database)
  const before = await standing(owner)
  t.ok(before > 0)
  const version = currentVersion(blueprint)
  const taken: string[] = []
  const failing = claimTenant(tenancy, { version }, async (_, tenant, enter) => {
    taken.push(tenant.name)
    await enter(tenant, inside => addMember(inside, 'half'))
    throw new Error('on purpose')
  })
  await t.rejects(failing, { message: 'on purpose' })
  const killed = claimTenant(tenancy, { version }, async (db, tenant, enter) => {
    taken.push(tenant.name)
    await enter(tenant, inside => addMember(inside, 'half'))
    await terminate(operator, await backendOf(db))
    await db.execute(sql`select 1`)
  })
  await t.rejects(killed, DatabaseUnavailable)
  t.equal(await standing(owner), before)
  for (const name of taken) t.strictSame(await tenancy.scope({ name }, {}, memberNames), [])
})

t.test('with none left, the caller waits its time and no longer', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t, { connections })
  await takeAll(owner)
  const began = performance.now()
  const waiting = claimTenant(tenancy, { version: currentVersion(blueprint), waitMs: 200 }, async () =>
    t.fail('no work'),
  )
  await t.rejects(waiting, NoStandbyTenant)
  t.ok(performance.now() - began >= 199)
})

t.test('a tenant of another version is not claimed', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t, { connections })
  const version = currentVersion(blueprint) + 1
  await t.rejects(
    claimTenant(tenancy, { version, waitMs: 0 }, async () => t.fail('no work')),
    NoStandbyTenant,
  )
  const { rows } = await owner.query("update tenants set version = $1 where state = 'standby' returning name", [
    version,
  ])
  const name = await claimTenant(tenancy, { version, waitMs: 0 }, async (_, tenant) => tenant.name)
  t.ok(rows.some(row => row.name === name))
})

t.test('whoever waits is served once somebody provisions', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t, { connections })
  await takeAll(owner)
  const waiting = claimTenant(
    tenancy,
    { version: currentVersion(blueprint), waitMs: 20_000 },
    async (_, tenant) => tenant,
  )
  const keeper = keepStandby({
    owner,
    control: tenancy.control,
    blueprint,
    target: 2,
    onError: error => t.fail(error as Error),
  })
  t.teardown(() => keeper.stop())
  t.strictSame(await tenancy.scope(await waiting, {}, memberNames), [])
})

t.test('a claim, and a wait, tell the process that provisions', async t => {
  const { tenancy, owner, blueprint } = await testDatabase(t, { connections })
  const listener = await owner.connect()
  t.teardown(() => listener.release(true))
  await listener.query(`listen ${standbyChannel}`)
  const told = () => new Promise<void>(resolve => listener.once('notification', () => resolve()))
  const version = currentVersion(blueprint)
  const afterClaim = told()
  await claimTenant(tenancy, { version }, async () => {})
  await t.resolves(afterClaim)
  await takeAll(owner)
  const whileWaiting = told()
  const waiting = claimTenant(tenancy, { version, waitMs: 100 }, async () => {})
  await t.resolves(whileWaiting)
  await t.rejects(waiting, NoStandbyTenant)
})

type Queries = { query(text: string): Promise<{ rows: { n: number }[] }> }

async function standing(owner: Queries): Promise<number> {
  const { rows } = await owner.query("select count(*)::int as n from tenants where state = 'standby'")
  return rows[0]?.n as number
}

async function takeAll(owner: Queries): Promise<void> {
  await owner.query("update tenants set state = 'ready' where state = 'standby'")
}
