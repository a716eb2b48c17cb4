/** Milliseconds that `work` takes. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** The value below which the part `q` of the samples lies: 0.5 is the median, 0 the least, 1 the greatest. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (below === undefined || above === undefined) throw new Error('There is no median of nothing')
  return below + (above - below) * (at - Math.floor(at))
}

/** `items` in an order that is the same in every run, so that two runs do the same work. */
export function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items]
  let state = 42
  for (let left = result.length - 1; left > 0; left--) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    const other = state % (left + 1)
    ;[result[left], result[other]] = [result[other] as T, result[left] as T]
  }
  return result
}
