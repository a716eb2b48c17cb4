import { setTimeout as delay } from 'node:timers/promises'

/** Waits until `condition` holds; the test's own time-out ends a wait for what never comes. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20)
}
