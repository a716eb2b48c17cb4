import { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { reason } from '@spintrack/tenancy/errors'
import { Logger, parseCrontab, type Runner, run, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import { keepLeases, type LeaseOptions } from './lease.ts'
import { runForTenant, type TaskContext } from './task.ts'
import { schedule, tasks, tenantTasks } from './tasks.ts'

export type RunnerOptions = TaskContext &
  Pick<LeaseOptions, 'everyMs' | 'graceMs'> & {
    /** The most jobs that run at once in this process. */
    concurrency?: number
    onError: (error: unknown) => void
  }

/** Takes jobs until `stop()`, which waits for those that run. */
export async function startRunner({
  concurrency = 4,
  everyMs,
  graceMs,
  onError,
  ...context
}: RunnerOptions): Promise<{ stop(): Promise<void> }> {
  const leases = keepLeases({
    owner: context.owner,
    onError,
    ...(everyMs !== undefined && { everyMs }),
    ...(graceMs !== undefined && { graceMs }),
  })
  const events: WorkerEvents = new EventEmitter()
  events.on('worker:create', ({ worker }) => leases.add(worker.workerId))
  let runner: Runner | undefined
  try {
    runner = await run({
      pgPool: context.owner,
      concurrency,
      taskList: taskList(context),
      parsedCronItems: parseCrontab(schedule),
      noHandleSignals: true,
      events,
      logger: new Logger(() => (level, message) => {
        if (level === 'error' || level === 'warning') onError(message)
      }),
    })
  } catch (error) {
    await leases.stop()
    throw error
  }
  const started = runner
  return {
    async stop() {
      await started.stop()
      // It does not wait until it has noted which jobs are done, and a pool that is ended lets nobody in who waits.
      while (context.owner.waitingCount > 0) await delay(10)
      await leases.stop()
    },
  }
}

function taskList(context: TaskContext): TaskList {
  const whole = Object.entries(tasks).map(
    ([name, task]) => [name, (payload: unknown) => task(context, payload as never)] as const,
  )
  const single = Object.entries(tenantTasks).map(
    ([name, task]) =>
      [name, (payload: unknown) => runForTenant(context, task as never, payload as { tenant: string })] as const,
  )
  return Object.fromEntries([...whole, ...single].map(([name, run]) => [name, withReason(run)]))
}

/** The error of a job is stored for people to read, so it must hold no value of a query and needs no stack. */
function withReason(run: (payload: unknown) => Promise<void>): Task {
  return payload =>
    run(payload).catch(error => {
      throw Object.assign(new Error(reason(error)), { stack: '' })
    })
}
