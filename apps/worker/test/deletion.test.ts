import { randomBytes } from 'node:crypto'
import { testDatabase } from '@spintrack/database/testing'
import { createCompany } from '@spintrack/domain/companies'
import { newId } from '@spintrack/domain/ids'
import { findCompany } from '@spintrack/domain/lifecycle'
import { purgeCompany } from '@spintrack/domain/purges'
import { addFounder } from '@spintrack/domain/testing'
import { createPool, type Pool } from '@spintrack/tenancy/pool'
import { provision } from '@spintrack/tenancy/provision'
import { makeWorkerUtils } from 'graphile-worker'
import t from 'tap'

const { tenancy, owner, blueprint, ownerUrl, superuserUrl } = await testDatabase(t)
const superuser = createPool({ connectionString: superuserUrl, max: 1 })
t.teardown(() => superuser.end())

t.test('after a deletion no table of the database has any text of the company', async t => {
  const gone = canary()
  const other = canary()
  const jobs = await makeWorkerUtils({ connectionString: ownerUrl })
  t.teardown(() => jobs.release())
  await jobs.migrate()
  const founder = await addFounder(tenancy)
  const company = await found(gone)
  await found(other)
  // Statistics quote what is in the tables.
  await superuser.query('analyze')

  const before = await tablesWith(superuser, gone)
  for (const table of [
    'companies',
    'templates',
    'tokens',
    'fleet_turns',
    'account_idempotency_keys',
    'idempotency_keys',
    'members',
    'spinners',
    'spins',
    'files',
    '_private_jobs',
    'pg_statistic',
  ])
    t.ok(before.includes(table), `${table} had it before`)
  const { removed } = await purgeCompany({ owner, tenancy, blueprint }, company)
  t.match(removed, {
    control: { jobs: 2, sessions: 1, tokens: 1, memberships: 1, companies: 1 },
    tables: { spinners: 1, files: 1 },
  })
  t.strictSame(await tablesWith(superuser, gone), [])
  t.strictSame(await tablesWith(superuser, other), before, 'and nothing of another company is missing')

  /** A company that has the word wherever it keeps text. */
  async function found(word: string): Promise<string> {
    await provision(owner, blueprint)
    const { id } = await createCompany(tenancy, founder, { name: `Name ${word}`, slug: `slug-${word}` })
    const { tenant } = await findCompany(tenancy.control, id)
    const template = await provision(owner, blueprint)
    await owner.query('update companies set greeting = $2 where id = $1', [id, word])
    await owner.query(
      'insert into sessions (id_hash, user_id, company_id, idle_expires_at, expires_at) values ($1, $2, $3, now(), now())',
      [newId(), founder.id, id],
    )
    await owner.query(
      "insert into tokens (id, user_id, company_id, name, hash, prefix, scopes) values ($1, $2, $3, $4, $4, 'spin_0000', '{read}')",
      [newId(), founder.id, id, word],
    )
    await owner.query(
      "insert into templates (id, tenant, company_id, name, contents) values ($1, $2, $3, $4, 'everything')",
      [newId(), template.name, id, word],
    )
    await owner.query("update tenants set state = 'template' where name = $1", [template.name])
    await owner.query(
      "insert into account_idempotency_keys (user_id, key, request_hash, value) values ($1, $2, '', $3)",
      [founder.id, newId(), { id, name: word }],
    )
    await owner.query(
      `insert into "${tenant}".idempotency_keys (principal_id, key, request_hash, value) values ($1, $2, '', $3)`,
      [founder.id, newId(), { note: word }],
    )
    const runId = newId()
    await owner.query("insert into fleet_runs (id, state, version) values ($1, 'failed', 2)", [runId])
    await owner.query(
      'insert into fleet_turns (run_id, tenant, from_version, to_version, error) values ($1, $2, 1, 2, $3)',
      [runId, tenant, word],
    )
    for (const { name } of [{ name: tenant }, template]) {
      await owner.query(
        `insert into "${name}".members (id, name, left_at) values ('${newId()}', '${word}', now());
         insert into "${name}".spinners (id, serial_number, name, model, colour) values ('${newId()}', '${word}', '${word}', '${word}', '${word}');
         insert into "${name}".spins (id, spinner_id, member_id, started_at, duration_ms, note)
           select gen_random_uuid(), s.id, m.id, now(), 1, '${word}' from "${name}".spinners s, "${name}".members m;
         insert into "${name}".files (id, purpose, media_type, size_bytes, content) values ('${newId()}', 'logo', 'image/png', 1, '${word}'::bytea);
         insert into "${name}".exports (id, member_id, error) select gen_random_uuid(), id, '${word}' from "${name}".members;
         insert into "${name}".export_chunks (export_id, position, data) select id, 1, '${word}'::bytea from "${name}".exports`,
      )
    }
    await jobs.addJob('mail', { tenant, text: word })
    await jobs.addJob('export', { companyId: id, file: word })
    return id
  }
})

function canary(): string {
  return `canary${randomBytes(6).toString('hex')}`
}

/** The names of all tables, of the system's too, with a row that has `word` in any column, or its bytes. */
async function tablesWith(superuser: Pool, word: string): Promise<string[]> {
  const { rows: tables } = await superuser.query(
    "select oid::regclass as id, relname as name from pg_class where relkind in ('r', 'm') order by relname, oid",
  )
  const bytes = Buffer.from(word).toString('hex')
  const found = new Set<string>()
  for (const { id, name } of tables) {
    const { rowCount } = await superuser.query(
      `select from ${id} as r where r::text like $1 or r::text like $2 limit 1`,
      [`%${word}%`, `%${bytes}%`],
    )
    if (rowCount) found.add(name)
  }
  return [...found]
}
