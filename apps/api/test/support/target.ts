import { createHash } from 'node:crypto'
import type { Company } from '@spintrack/contract/companies'
import type { Export } from '@spintrack/contract/exports'
import type { Invitation, MyInvite, NewInvitation } from '@spintrack/contract/invitations'
import type { Member } from '@spintrack/contract/members'
import type { Template } from '@spintrack/contract/templates'
import type { Token } from '@spintrack/contract/tokens'
import type { Delivery, NewWebhook } from '@spintrack/contract/webhooks'
import { encodeCursor } from '@spintrack/domain/cursor'
import { newId } from '@spintrack/domain/ids'
import { type Api, addSpin, addSpinner, addToken, type Founder, type Person, word } from './api.ts'
import type { Target } from './calls.ts'
import { png } from './images.ts'
import type { Page } from './pages.ts'

/** A company and every word, id and figure that is its own and nobody else's. */
export type Victim = Target & { friend: Founder; canaries: string[] }

const duration = 48_271_393
const first = '00000000-0000-7000-8000-000000000000'
const last = 'ffffffff-ffff-7fff-bfff-ffffffffffff'

/** A company full of words that belong to nobody else. */
export async function makeTarget(api: Api): Promise<Victim> {
  const owner = await api.founder(word('canary-person'), word('canary-company'))
  const other = await owner.post<Company>('/companies', { name: word('canary-other') }).expect(201)
  const { id, name, slug, memberId } = owner.company
  await api.sql('update users set email_verified_at = now() where id = $1', [owner.id])
  const friend = await api.founder(word('canary-friend'), word('canary-friends'))
  const canaries = [owner.name, id, name, slug, memberId, String(duration), other.body.id, other.body.name]
  canaries.push(friend.name, friend.company.name)
  const sessionId = newId()
  canaries.push(sessionId)
  return renew(api, { owner, friend, company: owner.company, other: other.body, sessionId, canaries })
}

type Lasting = Pick<Victim, 'owner' | 'friend' | 'company' | 'other' | 'sessionId' | 'canaries'>

/** The same company with new things in it, since those of before may have been changed or deleted. */
export async function renew(
  api: Api,
  { owner: person, friend, company, other, sessionId, canaries }: Lasting,
): Promise<Victim> {
  const owner = { ...person, ...(await api.logIn(person)).tab({ 'x-company': company.id }) }
  const { body: now } = await owner.get<Company>('/company').expect(200)
  if (now.state === 'archived') await owner.delete('/company/deletion').expect(204)

  const position = /^id: (\S+)$/m.exec((await owner.get('/events').expect(200)).text)?.[1] ?? ''
  const words = Array.from({ length: 8 }, () => word('canary'))
  const [serialNumber, name, model, note] = words
  const webhook = await anyWebhook(owner)
  const spinner = await addSpinner(owner, { serialNumber, name, model, memberId: company.memberId })
  const unspun = await addSpinner(owner, { serialNumber: words[4], name: words[5] })
  const spin = await addSpin(owner, spinner, { durationMs: duration, note, startedAt: '2026-02-03T04:05:06.007Z' })
  const token = await anyToken(owner, company.memberId)
  await owner.put('/company/logo', png(words[6]), { 'content-type': 'image/png', 'sec-fetch-site': 'none' }).expect(204)
  const template = await anyTemplate(owner)
  const exportId = await doneExport(api, owner, Buffer.from(String(words[7])))
  const colleague = await anyColleague(api, owner, company)
  const invitation = await anyInvitation(owner)
  const inviteToken = inviteTokenIn(await api.mailTo(String(invitation.email)))
  const myInvite = await anyInvite(owner, friend)
  const { items } = (await owner.get<Page<Delivery>>(`/webhooks/${webhook.id}/deliveries`).expect(200)).body
  return {
    owner,
    friend,
    company,
    webhook,
    deliveryId: items[0]?.id ?? '',
    other,
    spinner,
    unspun,
    spin,
    template,
    exportId,
    token,
    position,
    colleague,
    invitation,
    inviteToken,
    myInvite,
    sessionId,
    cursors: {
      companies: encodeCursor({ key: 0, id: first }),
      members: encodeCursor({ key: 0, id: first }),
      invitations: encodeCursor({ key: 0, id: last }),
      invites: encodeCursor({ key: 0, id: last }),
      sessions: encodeCursor({ key: 0, id: last }),
      spinners: encodeCursor({ key: 0, id: last }),
      spins: encodeCursor({ key: Date.parse('9000-01-01'), id: spin.id }),
      statistics: encodeCursor({ key: 100_000_000, id: spinner.id }),
      templates: encodeCursor({ key: 0, id: last }),
      tokens: encodeCursor({ key: 0, id: last }),
      exports: encodeCursor({ key: 0, id: last }),
      webhooks: encodeCursor({ key: 0, id: last }),
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
      colleague.id,
      colleague.name,
      invitation.id,
      String(invitation.email),
      inviteToken,
      myInvite.id,
      webhook.id,
      webhook.url,
      webhook.secret,
      items[0]?.id ?? '',
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

/** A webhook of theirs in place of those there were, since a company has so many at most. It is sent to nobody here. */
async function anyWebhook(owner: Person): Promise<NewWebhook> {
  const { items } = (await owner.get<Page<{ id: string }>>('/webhooks').expect(200)).body
  for (const { id } of items) await owner.delete(`/webhooks/${id}`).expect(204)
  return (await owner.post<NewWebhook>('/webhooks', { url: `https://example.com/${word('canary')}` }).expect(201)).body
}

/** A token of theirs; made only where there is none, since a member has so many at most. */
async function anyToken(owner: Person, memberId: string): Promise<Token> {
  const { body } = await owner.get<Page<Token>>('/tokens').expect(200)
  return body.items.find(token => token.memberId === memberId) ?? addToken(owner, { name: word('canary') })
}

async function anyColleague(api: Api, owner: Person, company: Company): Promise<Member> {
  const find = async () => {
    const { body } = await owner.get<Page<Member>>('/members?limit=100').expect(200)
    return body.items.find(({ name, role }) => name.startsWith('canary-colleague') && role !== null && role !== 'owner')
  }
  const found = await find()
  if (found) return found
  await api.join(company, await api.person(word('canary-colleague')), 'member')
  return (await find()) as Member
}

async function anyInvitation(owner: Person): Promise<Invitation> {
  const { body } = await owner.get<Page<Invitation>>('/invitations?limit=100').expect(200)
  const open = body.items.find(({ email }) => email?.startsWith('canary'))
  if (open) return open
  const made = { email: `${word('canary')}@example.com`, role: 'member' }
  return (await owner.post<NewInvitation>('/invitations', made).expect(201)).body
}

/** One of a friend's company to the owner. */
async function anyInvite(owner: Person, friend: Founder): Promise<MyInvite> {
  const find = async () => (await owner.get<Page<MyInvite>>('/me/invites').expect(200)).body.items[0]
  const found = await find()
  if (found) return found
  await friend.post('/invitations', { email: owner.email, role: 'member' }).expect(201)
  return (await find()) as MyInvite
}

/** What the link of an invitation ends with. */
export function inviteTokenIn(text: string): string {
  return /\/invite\/([\w-]{43})\b/.exec(text)?.[1] ?? 'none'
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
