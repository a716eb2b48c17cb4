import { defineConfig } from 'drizzle-kit'

/**
 * Two sets of migrations: `public` for the control tables, `tenant` for the tables that every company's schema has.
 * `npm run db:generate` runs drizzle-kit once for each and makes the tenant's files free of schema names.
 */
const sets = {
  public: {
    schema: [
      './packages/tenancy/src/tenants.ts',
      './packages/tenancy/src/runs.ts',
      './packages/tenancy/src/certificates.ts',
      './packages/database/src/public/*.ts',
    ],
    out: './packages/database/migrations/public',
  },
  tenant: { schema: ['./packages/database/src/tenant/*.ts'], out: './packages/database/migrations/tenant' },
}

export default defineConfig({
  dialect: 'postgresql',
  ...sets[process.env.MIGRATION_SET === 'tenant' ? 'tenant' : 'public'],
})
