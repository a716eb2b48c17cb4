import { type Figure, isMet, ratios, type Target } from './figure.ts'
import { median, quantile } from './samples.ts'

/** The figures for people: medians, and in brackets the middle half of the samples. */
export function table(figures: readonly Figure[]): string {
  const rows = [
    ['figure', 'median', 'baseline', 'ratio', 'target', ''],
    ...figures.map(figure => [
      figure.name,
      spread(figure.samples, figure.unit),
      figure.baseline ? `${spread(figure.baseline.samples, figure.unit)} ${figure.baseline.name}` : '',
      figure.baseline ? spread(ratios(figure)) : '',
      figure.target ? describe(figure.target, figure.unit) : '',
      verdict(figure),
    ]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The figures for programs, with every sample. */
export function json(figures: readonly Figure[]): string {
  const summary = figures.map(figure => ({
    name: figure.name,
    unit: figure.unit,
    median: median(figure.samples),
    ...(figure.baseline && {
      baseline: { name: figure.baseline.name, median: median(figure.baseline.samples) },
      ratio: median(ratios(figure)),
    }),
    ...(figure.target && { target: figure.target, met: isMet(figure) }),
    samples: figure.samples.map(round),
    ...(figure.baseline && { baselineSamples: figure.baseline.samples.map(round) }),
  }))
  return JSON.stringify(summary, (_key, value) => (typeof value === 'number' ? round(value) : value))
}

function spread(samples: readonly number[], unit = ''): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map(q => show(quantile(samples, q)))
  return `${middle}${unit && ` ${unit}`} (${low} to ${high})`
}

function describe(target: Target, unit: string): string {
  const limit = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`
  return target.of === 'ratio' ? `ratio ${limit}` : `${limit} ${unit}`
}

function verdict(figure: Figure): string {
  const met = isMet(figure)
  return met === undefined ? '' : met ? 'pass' : 'FAIL'
}

function show(value: number): string {
  return value.toFixed(value >= 1_000 ? 0 : value >= 100 ? 1 : 2)
}

function round(value: number): number {
  return Number(value.toPrecision(5))
}
