import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationFolders } from '@spintrack/database/blueprint'
import t from 'tap'
import { joinDataSteps, type Migration, readMigrations } from '../src/migrations.ts'

const journal = JSON.stringify({ entries: [{ tag: '0000_first' }, { tag: '0001_second' }] })

t.test('migrations come in the order of the journal, as versions from 1', async t => {
  const folder = t.testdir({
    meta: { '_journal.json': journal },
    '0001_second.sql': 'create table b ();',
    '0000_first.sql': 'create table a ();--> statement-breakpoint\ncreate index on a (x);',
  })
  t.strictSame(readMigrations(folder), [
    { version: 1, tag: '0000_first', sql: 'create table a ();\ncreate index on a (x);' },
    { version: 2, tag: '0001_second', sql: 'create table b ();' },
  ])
})

t.test('a tenant migration that names the schema public is refused, with what to do', async t => {
  const folder = t.testdir({
    meta: { '_journal.json': journal },
    '0000_first.sql': 'create table a ();',
    '0001_second.sql': 'alter table b add foreign key (a) references "public"."a";',
  })
  t.throws(() => readMigrations(folder), { message: /0001_second names the schema public.*npm run db:generate/ })
})

t.test('a data step goes with the migration of its name, and one without a migration is refused', async t => {
  const migrations: Migration[] = ['0000_first', '0001_second'].map((tag, index) => ({
    version: index + 1,
    tag,
    sql: '',
  }))
  const data = async () => {}
  t.strictSame(joinDataSteps(migrations, { '0001_second': data }), [migrations[0], { ...migrations[1], data }])
  t.throws(() => joinDataSteps(migrations, { '0001_second': data, '0002_third': data }), {
    message: /No tenant migration is called 0002_third.*_journal\.json/,
  })
})

t.test('no migration of a tenant mentions public, and the control tables do', async t => {
  const mentions = (folder: string) =>
    JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')).entries.filter(({ tag }: { tag: string }) =>
      /\bpublic\b/i.test(readFileSync(join(folder, `${tag}.sql`), 'utf8')),
    )
  t.strictSame(mentions(migrationFolders.tenant), [])
  t.ok(mentions(migrationFolders.public).length > 0, 'the question is one that can be answered with yes')
})
