import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ServerOptions, startServer } from '@spintrack/api/server'
import { createSpintrackClient, type SpintrackClient } from '@spintrack/client/client'
import { CookieJar } from '@spintrack/client/cookies'
import type { Role } from '@spintrack/contract/permissions'
import { testDatabase } from '@spintrack/database/testing'
import { verifyEmail } from '@spintrack/domain/accounts'
import { createHasher } from '@spintrack/domain/hashing'
import { mails } from '@spintrack/domain/mails'
import { joinCompany, leaveCompany, tenantOf } from '@spintrack/domain/memberships'
import { createMailer, postMail, readMail } from '@spintrack/domain/outbox'
import { keepStandby } from '@spintrack/tenancy/standby'
import { createTenancy } from '@spintrack/tenancy/tenancy'
import type { Test } from 'tap'

const webRoot = fileURLToPath(new URL('../../dist', import.meta.url))

const sessionSecrets = ['a secret of tests that is long enough']

/** The product as people reach it: the built pages and the API, over a database of the test's own. */
export type Product = {
  url: string
  /** Signs somebody up through the API, without a browser. */
  person(name: string): Promise<Person>
  /** Lets a person into a company, without an invitation. */
  join(company: { id: string }, person: Person, role: Role): Promise<void>
  leave(company: { id: string }, person: Person): Promise<void>
  /** What a GET with this token answers. */
  status(path: string, token: string): Promise<number>
  /** Ends every session, as their expiry would. */
  endSessions(): Promise<void>
  /** Takes a person's address for theirs, as an operator does. */
  verify(person: Person): Promise<void>
  /** Has a person invite an address to their company; returns the link of the mail. */
  invite(company: { headers: { 'X-Company': string } }, person: Person, email: string): Promise<{ link: string }>
  /** Writes the mail to an address that shows whether mail arrives. */
  testMail(to: string): Promise<void>
  /** Ends what exports of a company wait for, as the worker would: all are `archive`. */
  finishExports(company: { id: string }, archive: Buffer): Promise<void>
  /** Notes what came of every delivery of a company's webhooks, as the worker would; with a reason they are switched off. */
  noteDeliveries(company: { id: string }, outcome: { status: number; error?: string; reason?: string }): Promise<void>
}

export type Person = { id: string; name: string; email: string; password: string; client: SpintrackClient }

export async function startProduct(t: Test, options: Pick<ServerOptions, 'emailVerification'> = {}): Promise<Product> {
  if (!existsSync(webRoot))
    throw new Error('Expected the built pages in apps/web/dist, found none: npm run build -w apps/web')
  const database = await testDatabase(t)
  const keeper = keepStandby({
    owner: database.owner,
    control: createTenancy(database.owner).control,
    blueprint: database.blueprint,
    target: 2,
    // It tries again; a machine under load may be too slow for a connection.
    onError: error => t.comment(String(error)),
  })
  t.teardown(() => keeper.stop())
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = await startServer({
    host: '127.0.0.1',
    port,
    publicUrl: url,
    sessionSecrets,
    showMail: true,
    ...options,
    trustProxy: [],
    logger: false,
    rateLimits: { principal: 1e6, address: 1e6 },
    tenancy: database.tenancy,
    hasher: createHasher({ parameters: { memoryCost: 1024, timeCost: 2, parallelism: 1 } }),
    webRoot,
  })
  t.teardown(() => server.close())
  const mailer = createMailer({ publicUrl: url, sessionSecrets })
  return {
    url,
    async person(name) {
      const client = createSpintrackClient({ baseUrl: url, cookies: new CookieJar() })
      const email = `${name.toLowerCase().replaceAll(/\W/g, '.')}@example.com`
      const password = 'nine quiet bearings hum'
      const { data } = await client.POST('/api/v1/signup', { body: { name, email, password } })
      if (!data || !('user' in data)) throw new Error(`could not sign up ${name}`)
      return { id: data.user.id, name, email, password, client }
    },
    async join(company, person, role) {
      await joinCompany(database.tenancy, company.id, { id: person.id, name: person.name, role })
    },
    leave: (company, person) => leaveCompany(database.tenancy, company.id, person.id),
    async status(path, token) {
      return (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).status
    },
    async endSessions() {
      await database.owner.query('delete from sessions')
    },
    verify: ({ email }) => verifyEmail(database.tenancy.control, email),
    async invite({ headers }, { client }, email) {
      await client.POST('/api/v1/invitations', { headers, body: { email, role: 'member' } })
      const { rows } = await database.owner.query('select id from outbox where recipient = $1 order by id desc', [
        email,
      ])
      const { body } = await readMail(database.tenancy.control, mailer.seal, rows[0].id)
      return { link: /\n(http\S+)/.exec(body?.text ?? '')?.[1] ?? '' }
    },
    async testMail(to) {
      await postMail(database.tenancy.control, mailer, { to, mail: mails.test({ publicUrl: url }) })
    },
    async finishExports(company, archive) {
      const { name } = await tenantOf(database.tenancy.control, company.id)
      await database.owner.query(
        `with done as (
           update "${name}".exports set state = 'done', size_bytes = length($1::bytea), sha256 = '00', expires_at = now() + interval '1 day'
           where state = 'waiting' returning id
         )
         insert into "${name}".export_chunks (export_id, position, data) select id, 0, $1::bytea from done`,
        [archive],
      )
    },
    async noteDeliveries(company, { status, error = null, reason }) {
      const { name } = await tenantOf(database.tenancy.control, company.id)
      await database.owner.query(
        `update "${name}".webhook_deliveries set state = $1, status = $2, error = $3, duration_ms = 84, attempts = attempts + 1, attempted_at = now()`,
        [error === null ? 'done' : 'failed', status, error],
      )
      if (reason === undefined) return
      await database.owner.query(`update "${name}".webhooks set enabled = false, disabled_reason = $1`, [reason])
    },
  }
}

/** The address must be known before the product starts: it checks where requests come from. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
