import { createHash } from 'node:crypto'
import type { Company } from '@spintrack/contract/companies'
import type { Export } from '@spintrack/contract/exports'
import type { Template } from '@spintrack/contract/templates'
import type { Token } from '@spintrack/contract/tokens'
import { encodeCursor } from '@spintrack/domain/cursor'
import { type Api, addSpin, addSpinner, addToken, type Person, word } from './api.ts'
import type { Target } from './calls.ts'
import { png } from './images.ts'
import type { Page } from './pages.ts'

/** A company and every word, id and figure that is its own and nobody else's. */
export type Victim = Target & { canaries: string[] }

const duration = 48_271_393
const first = '00000000-0000-7000-8000-000000000000'
const last = 'ffffffff-ffff-7fff-bfff-ffffffffffff'

/** A company full of words that belong to nobody else. */
export async function makeTarget(api: Api): Promise<Victim> {
  const owner = await api.founder(word('canary-person'), word('canary-company'))
  const other = await owner.post<Company>('/companies', { name: word('canary-other') }).expect(201)
  const { id, name, slug, memberId } = owner.company
  const canaries = [owner.name, id, name, slug, memberId, String(duration), other.body.id, other.body.name]
  return renew(api, { owner, company: owner.company, other: other.body, canaries })
}

type Lasting = Pick<Victim, 'owner' | 'company' | 'other' | 'canaries'>

/** The same company with new things in it, since those of before may have been changed or deleted. */
export async function renew(api: Api, { owner: person, company, other, canaries }: Lasting): Promise<Victim> {
  const owner = { ...person, ...(await api.logIn(person)).tab({ 'x-company': company.id }) }
  const { body: now } = await owner.get<Company>('/company').expect(200)
  if (now.state === 'archived') await owner.delete('/company/deletion').expect(204)

  const position = /^id: (\S+)$/m.exec((await owner.get('/events').expect(200)).text)?.[1] ?? ''
  const words = Array.from({ length: 8 }, () => word('canary'))
  const [serialNumber, name, model, note] = words
  const spinner = await addSpinner(owner, { serialNumber, name, model, memberId: company.memberId })
  const unspun = await addSpinner(owner, { serialNumber: words[4], name: words[5] })
  const spin = await addSpin(owner, spinner, { durationMs: duration, note, startedAt: '2026-02-03T04:05:06.007Z' })
  const token = await anyToken(owner, company.memberId)
  await owner.put('/company/logo', png(words[6]), { 'content-type': 'image/png', 'sec-fetch-site': 'none' }).expect(204)
  const template = await anyTemplate(owner)
  const exportId = await doneExport(api, owner, Buffer.from(String(words[7])))
  return {
    owner,
    company,
    other,
    spinner,
    unspun,
    spin,
    template,
    exportId,
    token,
    position,
    cursors: {
      companies: encodeCursor({ key: 0, id: first }),
      members: encodeCursor({ key: 0, id: first }),
      spinners: encodeCursor({ key: 0, id: last }),
      spins: encodeCursor({ key: Date.parse('9000-01-01'), id: spin.id }),
      statistics: encodeCursor({ key: 100_000_000, id: spinner.id }),
      templates: encodeCursor({ key: 0, id: last }),
      tokens: encodeCursor({ key: 0, id: last }),
      exports: encodeCursor({ key: 0, id: last }),
    },
    canaries: [
      ...canaries,
      ...words,
      spinner.id,
      unspun.id,
      spin.id,
      token.id,
      token.name,
      template.id,
      template.name,
      exportId,
    ],
  }
}

/** A template of theirs; made only where there is none, since a company has so many at most. */
async function anyTemplate(owner: Person): Promise<Template> {
  const { body } = await owner.get<{ items: Template[] }>('/templates').expect(200)
  if (body.items[0]) return body.items[0]
  const made = await owner.post<Template>('/templates', { name: word('canary'), contents: 'spinners' }).expect(201)
  return made.body
}

/** A token of theirs; made only where there is none, since a member has so many at most. */
async function anyToken(owner: Person, memberId: string): Promise<Token> {
  const { body } = await owner.get<Page<Token>>('/tokens').expect(200)
  return body.items.find(token => token.memberId === memberId) ?? addToken(owner, { name: word('canary') })
}

/** An archive that is done, as the job would have left it. Returns its id. */
export async function doneExport(api: Api, owner: Person, ...chunks: Buffer[]): Promise<string> {
  const { id } = (await owner.post<Export>('/exports', undefined).expect(201)).body
  const company = (await owner.get<Company>('/company').expect(200)).body
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [company.id])
  for (const [position, data] of chunks.entries()) {
    await api.sql(`insert into "${row?.tenant}".export_chunks (export_id, position, data) values ($1, $2, $3)`, [
      id,
      position,
      data,
    ])
  }
  const whole = Buffer.concat(chunks)
  await api.sql(
    `update "${row?.tenant}".exports set state = 'done', size_bytes = $2, sha256 = $3, expires_at = now() + interval '1 day' where id = $1`,
    [id, whole.length, createHash('sha256').update(whole).digest('hex')],
  )
  return id
}
