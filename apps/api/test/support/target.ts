import { encodeCursor } from '@spintrack/domain/cursor'
import { type Api, addSpin, addSpinner, word } from './api.ts'
import type { Target } from './calls.ts'
import { png } from './images.ts'

/** A company and every word, id and figure that is its own and nobody else's. */
export type Victim = Target & { canaries: string[] }

const duration = 48_271_393
const first = '00000000-0000-7000-8000-000000000000'
const last = 'ffffffff-ffff-7fff-bfff-ffffffffffff'

/** A company full of words that belong to nobody else. */
export async function makeTarget(api: Api): Promise<Victim> {
  const owner = await api.founder(word('canary-person'), word('canary-company'))
  const { id, name, slug, memberId } = owner.company
  return fill({ owner, company: owner.company, canaries: [owner.name, id, name, slug, memberId, String(duration)] })
}

/** The same company with new things in it, since those of before may have been changed or deleted. */
export async function renew(api: Api, victim: Victim): Promise<Victim> {
  const tab = (await api.logIn(victim.owner)).tab({ 'x-company': victim.company.id })
  return fill({ ...victim, owner: { ...victim.owner, ...tab } })
}

async function fill({ owner, company, canaries }: Pick<Victim, 'owner' | 'company' | 'canaries'>): Promise<Victim> {
  const words = Array.from({ length: 7 }, () => word('canary'))
  const [serialNumber, name, model, note] = words
  const spinner = await addSpinner(owner, { serialNumber, name, model, memberId: company.memberId })
  const unspun = await addSpinner(owner, { serialNumber: words[4], name: words[5] })
  const spin = await addSpin(owner, spinner, { durationMs: duration, note, startedAt: '2026-02-03T04:05:06.007Z' })
  await owner.put('/company/logo', png(words[6]), { 'content-type': 'image/png', 'sec-fetch-site': 'none' }).expect(204)
  return {
    owner,
    company,
    spinner,
    unspun,
    spin,
    cursors: {
      companies: encodeCursor({ key: 0, id: first }),
      members: encodeCursor({ key: 0, id: first }),
      spinners: encodeCursor({ key: 0, id: last }),
      spins: encodeCursor({ key: Date.parse('9000-01-01'), id: spin.id }),
      statistics: encodeCursor({ key: 100_000_000, id: spinner.id }),
    },
    canaries: [...canaries, ...words, spinner.id, unspun.id, spin.id],
  }
}
