import { median } from './samples.ts'

export type Unit = 'req/s' | 'rows/s' | 'ms' | 'MB' | 'KiB'

/** A limit on the median of the figure itself, or on the median of its ratio to the baseline. */
export type Target = { of: 'value' | 'ratio'; atLeast: number } | { of: 'value' | 'ratio'; atMost: number }

/** One line of the result. `samples` and `baseline.samples` are pairs when a ratio is wanted: taken one after the other. */
export type Figure = {
  name: string
  unit: Unit
  samples: number[]
  baseline?: { name: string; samples: number[] }
  target?: Target
}

/** The ratio of each pair to its baseline. Pairs rather than two medians: what disturbs both halves of a pair cancels out. */
export function ratios({ samples, baseline }: Figure): number[] {
  return (baseline?.samples ?? []).map((base, index) => (samples[index] ?? Number.NaN) / base)
}

/** Whether the target is met; undefined for a figure that has none. */
export function isMet(figure: Figure): boolean | undefined {
  const { target } = figure
  if (!target) return undefined
  const value = median(target.of === 'value' ? figure.samples : ratios(figure))
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
