import { readFile } from 'node:fs/promises'

/** What each process has in memory for itself alone. Empty where the system does not tell (other than Linux, or no right). */
export async function privateMegabytes(pids: number[]): Promise<number[]> {
  const files = pids.map(pid => readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Promise.all(files)
    .then(texts => texts.map(privateKilobytes).map(kilobytes => kilobytes / 1024))
    .catch(() => [])
}

function privateKilobytes(smaps: string): number {
  return [...smaps.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].reduce((sum, [, size]) => sum + Number(size), 0)
}
