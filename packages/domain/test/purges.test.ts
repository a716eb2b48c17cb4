import { testDatabase } from '@spintrack/database/testing'
import { provision } from '@spintrack/tenancy/provision'
import t from 'tap'
import { createCompany } from '../src/companies.ts'
import { underKey } from '../src/idempotency.ts'
import { newId } from '../src/ids.ts'
import { companiesDue, findCompany, requestDeletion, startPurge, undoDeletion } from '../src/lifecycle.ts'
import { certificates, purgeCompany, purgeDue } from '../src/purges.ts'
import { addFounder } from './support/founder.ts'

const { tenancy, owner, blueprint } = await testDatabase(t)
const purger = { owner, tenancy, blueprint }
const founder = await addFounder(tenancy)

/** A company whose grace is over. */
async function dueCompany(name: string) {
  const company = await newCompany(name)
  await requestDeletion(tenancy, company.id, company.slug)
  await owner.query("update companies set delete_after = now() - interval '1 second' where id = $1", [company.id])
  return company
}

async function newCompany(name: string) {
  await provision(owner, blueprint)
  const { id } = await createCompany(tenancy, founder, { name })
  return findCompany(tenancy.control, id)
}

t.test('what is due goes: an ended grace, an ended demo, and nothing else', async t => {
  const stays = await newCompany('Stays')
  const waits = await newCompany('Waits')
  await requestDeletion(tenancy, waits.id, waits.slug)
  const gone = await dueCompany('Gone')
  const demo = await newCompany('Demo')
  await owner.query(
    "update companies set demo_user_id = $2, demo_expires_at = now() - interval '1 second' where id = $1",
    [demo.id, founder.id],
  )
  t.strictSame(
    (await companiesDue(tenancy.control)).map(({ slug }) => slug),
    ['gone', 'demo'],
  )
  const { purged, failed } = await purgeDue(purger)
  t.strictSame(failed, [])
  t.strictSame(new Set(purged.map(({ subject }) => subject)), new Set([gone.id, demo.id]))
  for (const { removed } of purged) {
    t.strictSame(removed.control, {
      jobs: 0,
      sessions: 0,
      tokens: 0,
      memberships: 1,
      invitations: 0,
      mail: 0,
      keys: 0,
      templates: 0,
      companies: 1,
    })
    t.equal(removed.tables.members, 1)
  }
  for (const { id } of [stays, waits]) await t.resolves(findCompany(tenancy.control, id))
  for (const { id } of [gone, demo]) await t.rejects(findCompany(tenancy.control, id))
  t.strictSame(await purgeDue(purger), { purged: [], failed: [] })
  t.equal((await certificates(tenancy.control)).length, 2)
})

t.test('a company that was saved a moment ago is left alone', async t => {
  const { id } = await dueCompany('Saved')
  await undoDeletion(tenancy, id)
  t.equal(await startPurge(tenancy, id, { onlyDue: true }), undefined)
  t.match(await findCompany(tenancy.control, id), { state: 'ready' })
})

t.test('one that cannot be purged does not stop the others, and goes with the next run', async t => {
  const odd = await dueCompany('Odd')
  const other = await dueCompany('Other')
  const hooks = {
    beforePurge: async ({ tenant }: { tenant: { name: string } }) => {
      if (tenant.name === odd.tenant) throw new Error('on purpose')
    },
  }
  const first = await purgeDue({ ...purger, blueprint: { ...blueprint, hooks } })
  t.match(first, {
    purged: [{ subject: other.id }],
    failed: [{ tenant: odd.tenant, error: { message: 'on purpose' } }],
  })
  t.match(await purgeDue(purger), { purged: [{ subject: odd.id }], failed: [] })
})

t.test('the templates of a company go with it', async t => {
  const company = await newCompany('Model')
  const template = await provision(owner, blueprint)
  const id = newId()
  await owner.query("update tenants set state = 'template' where name = $1", [template.name])
  await owner.query(
    "insert into templates (id, tenant, company_id, name, contents) values ($1, $2, $3, 'Ours', 'everything')",
    [id, template.name, company.id],
  )
  t.match(await purgeCompany(purger, company.id), { subject: company.id, tenant: company.tenant })
  const made = (await certificates(tenancy.control)).find(({ subject }) => subject === id)
  t.match(made, { tenant: template.name, removed: { control: { templates: 1, companies: 0 } } })
  t.equal((await owner.query('select from tenants where name = $1', [template.name])).rowCount, 0)
})

t.test('what a founder’s repeated request would answer goes with the company', async t => {
  await provision(owner, blueprint)
  const once = { principalId: founder.id, key: 'found', requestHash: async () => 'hash', replayed: () => {} }
  const { id } = await createCompany(underKey(tenancy, once), founder, { name: 'Canary' })
  const kept = () => owner.query("select from account_idempotency_keys where value::text like '%Canary%'")
  t.equal((await kept()).rowCount, 1)
  t.match(await purgeCompany(purger, id), { removed: { control: { keys: 1 } } })
  t.equal((await kept()).rowCount, 0)
})

t.test('a template alone goes once it is purging', async t => {
  const company = await newCompany('Keeps')
  const template = await provision(owner, blueprint)
  await owner.query("update tenants set state = 'purging' where name = $1", [template.name])
  await owner.query(
    "insert into templates (id, tenant, company_id, name, contents) values ($1, $2, $3, 'Ours', 'spinners')",
    [newId(), template.name, company.id],
  )
  t.match(await purgeDue(purger), { purged: [{ tenant: template.name }], failed: [] })
  t.equal((await owner.query('select from templates')).rowCount, 0)
  await t.resolves(findCompany(tenancy.control, company.id))
})

t.test('what is not there cannot be purged', async t => {
  await t.rejects(purgeCompany(purger, newId()), { code: 'company_not_found' })
})
