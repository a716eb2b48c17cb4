import { setImmediate as turn } from 'node:timers/promises'

/** Asks until it is so; the test's own time limit ends what never comes. */
export async function until(question: () => Promise<boolean>): Promise<void> {
  while (!(await question())) await turn()
}
