import type { Task, TenantTasks } from './task.ts'
import { deliverOne } from './tasks/deliver-webhook.ts'
import { exportOne } from './tasks/export-company.ts'
import { everyNight, nightly } from './tasks/nightly.ts'
import { purgeWhatIsDue } from './tasks/purge-due.ts'
import { sendMail } from './tasks/send-mail.ts'

/** Work of the whole installation. */
export const tasks = {
  nightly_all: everyNight,
  purge_due: purgeWhatIsDue,
  send_mail: sendMail,
} satisfies Record<string, Task<never>>

/** When those run that have their times, as a crontab in UTC. A night that nobody ran is made up for within a day. */
export const schedule = `
15 0 * * * nightly_all ?fill=1d&jobKey=nightly_all
*/5 * * * * purge_due ?jobKey=purge_due&queue=purge_due&max=1
`

/** Work of one company, for the jobs of packages/domain/src/jobs.ts. */
export const tenantTasks = {
  nightly,
  export_company: exportOne,
  deliver_webhook: deliverOne,
} satisfies TenantTasks
