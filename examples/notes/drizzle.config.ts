import { defineConfig } from 'drizzle-kit'

// From the repository's root: MIGRATION_SET=tenant npx drizzle-kit generate --config examples/notes/drizzle.config.ts
const sets = {
  public: [
    './packages/tenancy/src/tenants.ts',
    './packages/tenancy/src/runs.ts',
    './packages/tenancy/src/certificates.ts',
    './examples/notes/workspaces.ts',
  ],
  tenant: './examples/notes/notes.ts',
}
const set = process.env.MIGRATION_SET === 'tenant' ? 'tenant' : 'public'

export default defineConfig({ dialect: 'postgresql', schema: sets[set], out: `./examples/notes/migrations/${set}` })
