import { keepStandby } from '@spintrack/tenancy/standby'
import { startRunner } from './runner.ts'
import type { TaskContext } from './task.ts'

/** How many provisioned tenants wait for the next companies; half of them may go before more are made. */
export const standbyTarget = 6

export type WorkerOptions = TaskContext & { onError: (error: unknown) => void }

export type Worker = { stop(): Promise<void> }

/** Starts the background work of an installation: tenants on standby, jobs, and what has its times. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const runner = await startRunner(options)
  const keeper = keepStandby({ ...options, control: options.tenancy.control, target: standbyTarget })
  return {
    async stop() {
      await Promise.all([runner.stop(), keeper.stop()])
    },
  }
}
