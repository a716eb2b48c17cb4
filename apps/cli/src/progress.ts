import { SingleBar } from 'cli-progress'

/** How far something has come that takes many turns. */
export type Progress = { done: number; failed: number; total: number }

export type ProgressView = { show(progress: Progress): void; stop(): void }

type Output = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean }

const lineEveryMs = 1_000

/**
 * Shows the progress of `noun` (a plural) on standard error: a bar on a terminal; elsewhere lines, at most one a second
 * and the last one. `show` is called after each turn.
 */
export function openProgress(
  noun: string,
  { output = process.stderr, now = Date.now }: { output?: Output; now?: () => number } = {},
): ProgressView {
  return output.isTTY ? bar(noun, output, now) : lines(noun, output, now)
}

function bar(noun: string, output: Output, now: () => number): ProgressView {
  const view = new SingleBar({ stream: output as NodeJS.WriteStream, format: '{bar} {text}', hideCursor: true })
  const describe = describer(noun, now)
  let shown = false
  return {
    show(progress) {
      const value = progress.done + progress.failed
      const payload = { text: describe(progress) }
      if (!shown) view.start(progress.total, value, payload)
      shown = true
      view.setTotal(progress.total)
      view.update(value, payload)
    },
    stop: () => view.stop(),
  }
}

function lines(noun: string, output: Output, now: () => number): ProgressView {
  const describe = describer(noun, now)
  let due = now() + lineEveryMs
  let unsaid: string | undefined
  const say = () => {
    if (unsaid !== undefined) output.write(`${unsaid}\n`)
    unsaid = undefined
    due = now() + lineEveryMs
  }
  return {
    show(progress) {
      unsaid = describe(progress)
      if (now() >= due) say()
    },
    stop: say,
  }
}

/** Rate and time left count from here on: what an earlier process did was not done at this speed. */
function describer(noun: string, now: () => number): (progress: Progress) => string {
  const began = now()
  let before: number | undefined
  return ({ done, failed, total }) => {
    const over = done + failed
    before ??= over - 1
    const rate = (over - before) / Math.max((now() - began) / 1_000, 0.001)
    const left = Math.ceil((total - over) / rate)
    return `${over}/${total} ${noun}, ${failed} failed, ${rate.toFixed(1)} per second, ${left} s left`
  }
}
