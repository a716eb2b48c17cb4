/**
 * What the app login may do with each control table. It can create and alter nothing, and of a tenant's row it may
 * change only what claiming one and its state need.
 */
export const publicGrants = {
  tenants: 'select, update (state, claimed_at)',
  users: 'select, insert, update',
  companies: 'select, insert, update',
  templates: 'select, insert, delete',
  tokens: 'select, insert, update (last_used_at), delete',
  rate_limits: 'select, insert, update, delete',
  account_idempotency_keys: 'select, insert, delete',
  email_confirmations: 'select, insert, update (wrong_codes), delete',
  password_resets: 'select, insert, delete',
  invitations: 'select, insert, update, delete',
  outbox: 'select, insert, update (body, sent_at), delete',
  deletion_certificates: 'select',
  fleet_runs: 'select',
  fleet_turns: 'select',
  memberships: 'select, insert, update, delete',
  sessions: 'select, insert, update, delete',
} as const satisfies Record<string, string>

/** What a tenant's role may do with each of its own tables. */
export const tenantGrants = {
  members: 'select, insert, update',
  spinners: 'select, insert, update, delete',
  spins: 'select, insert, update, delete',
  daily_summaries: 'select, insert, update, delete',
  origins: 'select, insert',
  files: 'select, insert, update, delete',
  exports: 'select, insert, update, delete',
  export_chunks: 'select, insert, delete',
  idempotency_keys: 'select, insert, delete',
  events: 'select, insert, delete',
  webhooks: 'select, insert, update, delete',
  webhook_deliveries: 'select, insert, update, delete',
} as const satisfies Record<string, string>

/** What the reporting login may read of a tenant: no files and no archives. */
export const reportingTables: readonly string[] = ['members', 'spinners', 'spins', 'daily_summaries']

/** The names of both sets of tables. No name is in both, so that no query can fall through from one to the other. */
export const tableNames = { public: Object.keys(publicGrants), tenant: Object.keys(tenantGrants) }
