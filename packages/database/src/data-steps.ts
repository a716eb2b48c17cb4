import type { DataStep } from '@spintrack/tenancy/migrations'

/**
 * What a tenant migration does to rows and cannot say in SQL, by the migration's tag: the name of its file, such as
 * `'0002_spin_streaks': async db => { … }`. It runs once in every tenant that is behind, as that tenant's role, right after
 * the SQL and in the same transaction; a new tenant has no rows and goes without. `db` reaches the tables that
 * `tenantGrants` names. The tables altered stay locked until it ends, so it must be short.
 */
export const dataSteps: Readonly<Record<string, DataStep>> = {}
