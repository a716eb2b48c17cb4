import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Generates the migrations of both sets from the Drizzle tables. Extra arguments go to drizzle-kit (--name, --custom).
const root = join(import.meta.dirname, '../../..')

for (const set of ['public', 'tenant']) {
  execFileSync('npx', ['drizzle-kit', 'generate', ...process.argv.slice(2)], {
    cwd: root,
    env: { ...process.env, MIGRATION_SET: set },
    stdio: 'inherit',
  })
}

// drizzle-kit writes REFERENCES "public"."spinners" for tables without a schema. A tenant's migration must name none.
const folder = join(root, 'packages/database/migrations/tenant')
for (const file of readdirSync(folder).filter(name => name.endsWith('.sql'))) {
  const path = join(folder, file)
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"public".', ''))
}
