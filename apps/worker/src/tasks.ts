import type { Task, TenantTasks } from './task.ts'
import { rollUpAll, rollUpOne } from './tasks/roll-up.ts'

/** Work of the whole installation, at its times. */
export const tasks = {
  roll_up_all: rollUpAll,
} satisfies Record<string, Task>

/** When the tasks run, as a crontab in UTC. A night that nobody ran is made up for within a day. */
export const schedule = `
15 0 * * * roll_up_all ?fill=1d&jobKey=roll_up_all
`

/** Work of one company, for the jobs of packages/domain/src/jobs.ts. */
export const tenantTasks = {
  roll_up: rollUpOne,
} satisfies Partial<TenantTasks>
