import type { ControlDb } from '@spintrack/tenancy/handles'
import type { Pool } from '@spintrack/tenancy/pool'
import type { Blueprint } from '@spintrack/tenancy/provision'
import { keepStandby } from '@spintrack/tenancy/standby'

/** How many provisioned tenants wait for the next companies; half of them may go before more are made. */
export const standbyTarget = 6

export type WorkerOptions = {
  /** A pool of the owner login: making tenants is the one thing the API cannot do for itself. */
  owner: Pool
  control: ControlDb
  blueprint: Blueprint
  onError: (error: unknown) => void
}

export type Worker = { stop(): Promise<void> }

/** Starts the background work of an installation: for now, keeping tenants on standby. */
export function startWorker(options: WorkerOptions): Worker {
  return keepStandby({ ...options, target: standbyTarget })
}
