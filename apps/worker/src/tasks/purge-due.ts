import { purgeDue } from '@spintrack/domain/purges'
import { reason } from '@spintrack/tenancy/errors'
import type { Task } from '../task.ts'

/** Purges what is due. What could not go is told once the rest has gone, and is tried again at the next time. */
export const purgeWhatIsDue: Task = async context => {
  const { failed } = await purgeDue(context)
  if (failed.length === 0) return
  throw new Error(failed.map(({ tenant, error }) => `${tenant} could not be purged: ${reason(error)}`).join('\n'))
}
