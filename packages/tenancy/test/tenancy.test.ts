import { setImmediate as turn } from 'node:timers/promises'
import { testDatabase } from '@spintrack/database/testing'
import { sql } from 'drizzle-orm'
import t from 'tap'
import { QueryNotAwaited, ScopeClosed } from '../src/errors.ts'
import type { ControlDb, TenantDb } from '../src/handles.ts'
import type { Enter } from '../src/tenancy.ts'
import { addMember, memberNames, superuser, twoTenants } from './support/tenants.ts'

// One connection, so that everything gets the one that something else had before.
const database = await testDatabase(t, { connections: 1 })
const { tenancy, owner } = database

t.test('a scope sees its tenant, and neither another nor the control tables', async t => {
  const [a, b] = await twoTenants(database)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
  t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary])
  await tenancy.scope(a, {}, async db => {
    const attempts = [
      [sql`select * from ${sql.identifier(b.name)}.members`, '42501'],
      [sql`insert into ${sql.identifier(b.name)}.members values (gen_random_uuid(), 'intruder')`, '42501'],
      [sql`select * from public.users`, '42501'],
      [sql`select * from users`, '42P01'],
    ] as const
    for (const [attempt, code] of attempts) {
      await t.rejects(
        db.transaction(nested => nested.execute(attempt)),
        { cause: { code } },
      )
    }
  })
  t.strictSame(await tenancy.scope(b, {}, memberNames), [b.canary])
})

t.test('the control handle sees the control tables and no tenant', async t => {
  const [a] = await twoTenants(database)
  t.same((await tenancy.control.execute(sql`select count(*)::int as n from users`)).rows, [{ n: 0 }])
  await t.rejects(tenancy.control.execute(sql`select * from members`), { cause: { code: '42P01' } })
  await t.rejects(tenancy.control.execute(sql`select * from ${sql.identifier(a.name)}.members`), {
    cause: { code: '42501' },
  })
})

t.test('what a scope set ends with it', async t => {
  const [a] = await twoTenants(database)
  const settings = (db: Pick<ControlDb, 'execute'>) =>
    db.execute(sql`select current_user::text as "user", current_setting('search_path') as path`)
  const inside = await tenancy.scope(a, {}, settings)
  t.strictSame(inside.rows, [{ user: a.name, path: `${a.name}, pg_temp` }])
  const after = await tenancy.control.execute(sql`select current_user = session_user as login`)
  t.strictSame(after.rows, [{ login: true }])
  await t.rejects(tenancy.scope(a, {}, db => db.execute(sql`select 1 / 0`)))
  t.strictSame((await settings(tenancy.control)).rows, [{ user: new URL(database.appUrl).username, path: 'public' }])
})

t.test('a scope that only reads cannot write', async t => {
  const [a] = await twoTenants(database)
  t.strictSame(await tenancy.scope(a, { readOnly: true }, memberNames), [a.canary])
  await t.rejects(
    tenancy.scope(a, { readOnly: true }, db => addMember(db, 'x')),
    { cause: { code: '25006' } },
  )
  await t.resolves(tenancy.scope(a, {}, db => addMember(db, 'x')))
})

t.test('a scope that throws stores nothing', async t => {
  const [a] = await twoTenants(database)
  const failing = tenancy.scope(a, {}, async db => {
    await addMember(db, 'half')
    throw new Error('on purpose')
  })
  await t.rejects(failing, { message: 'on purpose' })
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
})

t.test('a transaction inside a scope is a savepoint', async t => {
  const [a] = await twoTenants(database)
  await tenancy.scope(a, {}, async db => {
    await addMember(db, 'b outer')
    await db.transaction(nested => addMember(nested as TenantDb, 'c kept'))
    const failing = db.transaction(async nested => {
      await addMember(nested as TenantDb, 'd dropped')
      await nested.transaction(deeper => deeper.execute(sql`select 1 / 0`))
    })
    await t.rejects(failing, { cause: { code: '22012' } })
    await t.rejects(
      db.transaction(async nested => {
        await addMember(nested as TenantDb, 'e dropped')
        nested.rollback()
      }),
    )
  })
  t.strictSame(await tenancy.scope(a, {}, memberNames), ['b outer', 'c kept', a.canary])
})

t.test('only a derived name opens a scope', async t => {
  for (const name of ['public', 'pg_catalog', 'x"; reset role; --', '']) {
    t.throws(() => tenancy.scope({ name }, {}, memberNames), { message: /^Not a tenant name/ })
    await t.rejects(
      tenancy.transaction((_, enter) => enter({ name }, memberNames)),
      { message: /^Not a tenant name/ },
    )
  }
})

t.test('no handle shows the client', async t => {
  const [a] = await twoTenants(database)
  await tenancy.scope(a, {}, async db => t.notOk('$client' in db))
  t.notOk('$client' in tenancy.control)
})

t.test('a control transaction and what it does in a tenant are stored together', async t => {
  const [a, b] = await twoTenants(database)
  await tenancy.transaction(async (db, enter) => {
    await addUser(db, `${a.name}@example.com`)
    await enter(a, inside => addMember(inside, 'z from control'))
    t.equal(await enter(b, async inside => (await memberNames(inside)).join()), b.canary)
    await addUser(db, `${b.name}@example.com`)
  })
  t.equal(await users(a.name), 1)
  t.equal(await users(b.name), 1)
  t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary, 'z from control'])
})

const failures: Record<string, (enter: Enter, tenant: { name: string }) => Promise<unknown>> = {
  'an error after entering': async (enter, tenant) => {
    await enter(tenant, db => addMember(db, 'half'))
    throw new Error('on purpose')
  },
  'an error inside': (enter, tenant) =>
    enter(tenant, async db => {
      await addMember(db, 'half')
      throw new Error('on purpose')
    }),
  'an error inside that is swallowed': (enter, tenant) =>
    enter(tenant, async db => {
      await addMember(db, 'half')
      throw new Error('on purpose')
    }).catch(() => {}),
  'a failed query inside that is swallowed': (enter, tenant) =>
    enter(tenant, db => db.execute(sql`select 1 / 0`)).catch(() => {}),
  'a query inside that nobody awaits': (enter, tenant) =>
    enter(tenant, async db => {
      addMember(db, 'half').then(
        () => {},
        () => {},
      )
      await turn()
    }),
  'an entry that nobody awaits': async (enter, tenant) => {
    enter(tenant, db => addMember(db, 'half')).catch(() => {})
    await turn()
  },
}

for (const [what, fail] of Object.entries(failures)) {
  t.test(`${what} rolls the control transaction and the tenant back`, async t => {
    const [a] = await twoTenants(database)
    const failing = tenancy.transaction(async (db, enter) => {
      await addUser(db, `${a.name}@example.com`)
      await fail(enter, a)
    })
    await t.rejects(failing)
    t.equal(await users(a.name), 0)
    t.strictSame(await tenancy.scope(a, {}, memberNames), [a.canary])
  })
}

t.test('the control handle refuses while a tenant is entered', async t => {
  const [a] = await twoTenants(database)
  await tenancy.transaction(async (db, enter) => {
    await enter(a, async () => {
      await t.rejects(db.execute(sql`select 1`), { cause: { name: 'ScopeClosed' } })
    })
    await t.resolves(db.execute(sql`select 1`), 'and works again afterwards')
  })
})

t.test('two tenants cannot be entered at once', async t => {
  const [a, b] = await twoTenants(database)
  const both = tenancy.transaction(async (_, enter) => {
    const seen = await Promise.allSettled([enter(a, memberNames), enter(b, memberNames)])
    t.match(seen, [
      { status: 'fulfilled', value: [a.canary] },
      { status: 'rejected', reason: { name: 'ScopeClosed' } },
    ])
    return enter(b, memberNames)
  })
  t.strictSame(await both, [b.canary], 'but one after the other')
})

t.test('a tenant cannot be entered from inside another', async t => {
  const [a, b] = await twoTenants(database)
  await tenancy.transaction((_, enter) =>
    enter(a, async db => {
      await t.rejects(enter(b, memberNames), ScopeClosed)
      t.strictSame(await memberNames(db), [a.canary])
    }),
  )
})

t.test('a tenant cannot be entered once the transaction has ended', async t => {
  const [a, b] = await twoTenants(database)
  let kept: Enter | undefined
  await tenancy.transaction(async (_, enter) => {
    kept = enter
    t.strictSame(await enter(a, memberNames), [a.canary], 'in time it can')
  })
  const late = kept as Enter
  const seen = await tenancy.scope(b, {}, async db => {
    await t.rejects(late(a, memberNames), ScopeClosed)
    return memberNames(db)
  })
  t.strictSame(seen, [b.canary])
})

t.test('work in an entered tenant that outlives the transaction reaches nobody', async t => {
  const [a, b] = await twoTenants(database)
  let wake = () => {}
  const later = new Promise<void>(resolve => {
    wake = resolve
  })
  let inside: Promise<string[]> | undefined
  const forgetful = tenancy.transaction(async (_, enter) => {
    inside = enter(a, async db => {
      t.strictSame(await memberNames(db), [a.canary], 'in time it reads its own tenant')
      await later
      return memberNames(db)
    })
    inside.catch(() => {})
    await turn()
  })
  await t.rejects(forgetful, QueryNotAwaited)
  const seen = await tenancy.scope(b, {}, async db => {
    wake()
    await t.rejects(inside as Promise<unknown>, { cause: { name: 'ScopeClosed' } })
    return memberNames(db)
  })
  t.strictSame(seen, [b.canary])
})

t.test('the app login may become a tenant and inherits nothing from it', async t => {
  const [a] = await twoTenants(database)
  const { rows } = await database.pool.query(
    `select current_setting('server_version_num')::int / 10000 as version, rolinherit as inherits,
       pg_has_role(current_user, $1, 'member') as member, pg_has_role(current_user, $1, 'usage') as usage,
       has_schema_privilege($1, 'usage') as schema, rolsuper or rolcreaterole or rolcreatedb as powerful
     from pg_roles where rolname = current_user`,
    [a.name],
  )
  t.match(rows, [{ inherits: false, member: true, usage: false, schema: false, powerful: false }])
  t.ok(rows[0].version >= 15, `on PostgreSQL ${rows[0].version}`)
  await t.rejects(database.pool.query(`select * from "${a.name}".members`), { code: '42501' })
  const owned = await superuser(t, database).query(
    'select from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = $1',
    [new URL(database.appUrl).username],
  )
  t.equal(owned.rowCount, 0, 'and owns nothing')
})

function addUser(db: Pick<ControlDb, 'execute'>, email: string) {
  return db.execute(
    sql`insert into users (id, email, name, password_hash) values (gen_random_uuid(), ${email}, 'Canary', '')`,
  )
}

async function users(name: string): Promise<number> {
  const { rows } = await owner.query('select count(*)::int as n from users where email = $1', [`${name}@example.com`])
  return rows[0].n
}
