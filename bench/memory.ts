import { readFile, writeFile } from 'node:fs/promises'

/** What each process has in memory for itself alone. Empty where the system does not tell (other than Linux, or no right). */
export async function privateMegabytes(pids: number[]): Promise<number[]> {
  const files = pids.map(pid => readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Promise.all(files)
    .then(texts => texts.map(privateKilobytes).map(kilobytes => kilobytes / 1024))
    .catch(() => [])
}

/** What a process has in memory, and had at most since `forgetPeak`. Empty where the system does not tell. */
export async function residentMegabytes(pid: number): Promise<{ now: number; peak: number } | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [now, peak] = ['VmRSS', 'VmHWM'].map(name => new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1])
  return now && peak ? { now: Number(now) / 1024, peak: Number(peak) / 1024 } : undefined
}

/** Has a process' highest use of memory counted from now on (proc(5), clear_refs). */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => {})
}

function privateKilobytes(smaps: string): number {
  return [...smaps.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)].reduce((sum, [, size]) => sum + Number(size), 0)
}
