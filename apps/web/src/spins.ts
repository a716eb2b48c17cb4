import { randomId } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { ApiProblem } from '@spintrack/client/problem'
import { limits } from '@spintrack/contract/limits'
import type { InfiniteData } from '@tanstack/react-query'
import { api, type Page, type Spin } from './api.ts'
import { formatDuration } from './duration.ts'
import { notifyProblem, notifySaved } from './notices.tsx'
import { companyQuery, refresh } from './queries.ts'
import { queryClient } from './query-client.ts'
import type { Running } from './stopwatch.ts'
import { texts } from './texts.ts'

type Company = Running['company']
type Timed = Running & { durationMs: number }
type Rows = InfiniteData<Page<Spin>>

/**
 * Saves what the stopwatch timed. The row stands in the lists before the answer comes; a notification offers to undo it,
 * or to try again when saving failed. The company is named by its id, as its address may change while a stopwatch runs.
 */
export async function saveTimed(timed: Timed) {
  const { company, spinner, durationMs } = timed
  if (durationMs > limits.durationMs.max) {
    return notifications.show({ color: 'red', title: texts.spin.tooLongTitle, message: texts.spin.tooLong })
  }
  const body = { spinnerId: spinner.id, durationMs, startedAt: new Date(timed.startedAt).toISOString() }
  const withdraw = showAtOnce(company, body)
  try {
    const spin = await api.createSpin(company.id, body)
    notifySaved(texts.spin.saved(formatDuration(durationMs), spinner.name), () => undoSpin(company, spin.id))
  } catch (error) {
    withdraw()
    notifyProblem(error, { label: texts.tryAgain, run: () => saveTimed(timed) })
    if (!(error instanceof ApiProblem)) throw error
  }
  await refresh(company, 'spins', 'statistics')
}

/** Takes a spin back, as if it had not been made. */
export async function undoSpin(company: Company, id: string) {
  try {
    await api.deleteSpin(company.id, id)
  } catch (error) {
    notifyProblem(error, { label: texts.tryAgain, run: () => undoSpin(company, id) })
  }
  await refresh(company, 'spins', 'statistics')
}

/** Puts the spin on top of every list it belongs to; returns what takes it away again. */
function showAtOnce(company: Company, timed: Pick<Spin, 'spinnerId' | 'durationMs' | 'startedAt'>) {
  const { spinnerId, durationMs, startedAt } = timed
  const memberId = queryClient.getQueryData(companyQuery(company).queryKey)?.memberId ?? ''
  const spin: Spin = {
    id: randomId(),
    spinnerId,
    memberId,
    durationMs,
    startedAt,
    note: null,
    createdAt: startedAt,
  }
  change(company, ({ pages: [first, ...rest], ...rows }, search) => {
    const belongs = (search.spinner ?? spinnerId) === spinnerId && (search.member ?? memberId) === memberId
    if (!first || !belongs || search.to) return undefined
    return { ...rows, pages: [{ ...first, items: [spin, ...first.items] }, ...rest] }
  })
  return () =>
    change(company, rows => ({
      ...rows,
      pages: rows.pages.map(page => ({ ...page, items: page.items.filter(item => item.id !== spin.id) })),
    }))
}

function change(company: Company, edit: (rows: Rows, search: Record<string, string>) => Rows | undefined) {
  for (const [key, rows] of queryClient.getQueriesData<Rows>({ queryKey: [company.id, 'spins'] })) {
    if (rows) queryClient.setQueryData<Rows>(key, edit(rows, key[2] as Record<string, string>))
  }
}
