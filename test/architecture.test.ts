import t from 'tap'
import { manifest, type Source, sources } from './sources.ts'

/** What each part may import of the others: apps -> domain -> database -> tenancy, and everything contract. */
const arrows: Record<string, string[]> = {
  'packages/contract': [],
  'packages/client': [],
  'packages/tenancy': [],
  'packages/database': ['contract', 'tenancy'],
  'packages/domain': ['contract', 'database', 'tenancy'],
  'apps/web': ['client', 'contract'],
  'apps/api': ['contract', 'database', 'domain', 'tenancy'],
  'apps/worker': ['contract', 'database', 'domain', 'tenancy'],
  'apps/cli': ['api', 'contract', 'database', 'domain', 'tenancy', 'worker'],
}

/**
 * What tests and scripts may use undeclared: the root's own dependencies, and the test databases, which tenancy's tests
 * run on but which depend on tenancy: declared, that would be a circle.
 */
const shared = ['tap', 'fast-check', 'typescript', '@spintrack/database']

for (const [part, allowed] of Object.entries(arrows)) {
  t.test(`${part} imports only what lies below it`, async t => {
    const files = sources(`${part}/src`)
    t.ok(files.length > 0, `${part} has sources`)
    const wrong = files.flatMap(({ path, imports }) =>
      imports
        .filter(name => name.startsWith('@spintrack/') && !allowed.includes(name.split('/')[1] ?? ''))
        .map(name => `${path} imports ${name}; ${part} may import only ${allowed.join(', ') || 'no other part'}`),
    )
    t.strictSame(wrong, [])
  })

  t.test(`${part} reaches no other part by a path`, async t => {
    const wrong = sources(`${part}/src`).flatMap(({ path, imports }) =>
      imports
        .filter(name => name.startsWith('.') && !new URL(name, `file:///${path}`).pathname.startsWith(`/${part}/`))
        .map(name => `${path} imports ${name}`),
    )
    t.strictSame(wrong, [])
  })
}

for (const part of Object.keys(arrows)) {
  t.test(`${part} declares what it imports`, async t => {
    const { dependencies = {}, devDependencies = {} } = manifest(part)
    const declared = {
      src: Object.keys(dependencies),
      rest: [...Object.keys({ ...dependencies, ...devDependencies }), ...shared],
    }
    const undeclared = sources(part).flatMap(({ path, imports }) =>
      imports
        .filter(name => !name.startsWith('.') && !name.startsWith('node:'))
        .map(name =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter(name => !declared[path.startsWith(`${part}/src/`) ? 'src' : 'rest'].includes(name))
        .map(name => `${path} imports ${name}`),
    )
    t.strictSame(undeclared, [])
  })
}

const everything = sources('apps/*/src/*', 'packages/*/src/*')

/** What only some files may do, and why. */
const privileges: { name: string; why: string; used: (source: Source) => boolean; by: RegExp }[] = [
  {
    name: 'the pg driver',
    why: 'queries go through a scope or the control handle',
    used: ({ imports }) => imports.some(name => ['pg', 'pg-pool', 'drizzle-orm/node-postgres'].includes(name)),
    by: /^packages\/(database|tenancy)\//,
  },
  {
    name: 'the environment',
    why: 'everything else takes arguments, so that tests set them',
    used: ({ text }) => /process\.env\b/.test(text),
    by: /^apps\/cli\/src\/settings\.ts$/,
  },
  {
    name: 'a port',
    why: 'one file decides how the product listens',
    used: ({ text }) => /\.listen\(/.test(text),
    by: /^(apps\/api\/src\/server\.ts|packages\/database\/src\/embedded-[a-z]+\.ts)$/,
  },
  {
    name: 'SQL in the API',
    why: 'rules and queries live in the domain; health asks only whether the database answers',
    used: ({ path, text }) => path.startsWith('apps/api/') && /drizzle-orm/.test(text),
    by: /^apps\/api\/src\/routes\/health\.ts$/,
  },
]

for (const { name, why, used, by } of privileges) {
  t.test(`only ${by} uses ${name}: ${why}`, async t => {
    const users = everything.filter(used).map(({ path }) => path)
    t.ok(
      users.some(path => by.test(path)),
      'the rule is about something that exists',
    )
    t.strictSame(
      users.filter(path => !by.test(path)),
      [],
    )
  })
}

t.test('no tenant migration names a schema', async t => {
  const { readMigrations } = await import('@spintrack/tenancy/migrations')
  const { migrationFolders } = await import('@spintrack/database/blueprint')
  const migrations = readMigrations(migrationFolders.tenant)
  t.ok(migrations.length > 0)
  t.notOk(migrations.some(({ sql }) => /\bpublic\b/i.test(sql)))
})

t.test('no table name is both a control table and a tenant table', async t => {
  const { tableNames } = await import('@spintrack/database/grants')
  t.strictSame(
    tableNames.public.filter(name => tableNames.tenant.includes(name)),
    [],
  )
})

t.test('the sources have no barrel files, path aliases or rooms called utils', async t => {
  t.strictSame(
    everything
      .filter(({ path }) => /(^|\/)(index|utils?|helpers?|common|misc|manager)\.tsx?$/.test(path))
      .map(({ path }) => path),
    [],
  )
})
