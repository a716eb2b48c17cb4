import { randomBytes } from 'node:crypto'
import type { Company } from '@spintrack/contract/companies'
import type { Role } from '@spintrack/contract/permissions'
import type { Session } from '@spintrack/contract/session'
import type { Spinner } from '@spintrack/contract/spinners'
import type { Spin } from '@spintrack/contract/spins'
import type { NewToken } from '@spintrack/contract/tokens'
import { type Owner, type TestDatabase, testDatabase } from '@spintrack/database/testing'
import { createHasher } from '@spintrack/domain/hashing'
import { joinCompany, leaveCompany } from '@spintrack/domain/memberships'
import { readMail } from '@spintrack/domain/outbox'
import { createSeal } from '@spintrack/domain/seal'
import { keepStandby } from '@spintrack/tenancy/standby'
import { createTenancy, type Tenancy } from '@spintrack/tenancy/tenancy'
import { buildServer, type ServerOptions } from '../../src/server.ts'
import type { App } from '../../src/types.ts'
import { type Visitor, visitor } from './visitor.ts'

/** An API over a database of its own, and what tests do with it again and again. */
export type Api = {
  app: App
  database: TestDatabase
  /** Somebody without a cookie. */
  stranger(): Visitor
  /** Somebody who has just signed up. */
  person(name?: string): Promise<Person>
  /** A person with a company of their own, and the session in it. */
  founder(name?: string, company?: string): Promise<Founder>
  /** Another log-in of the same person: another browser. */
  logIn(person: Person): Promise<Visitor>
  /** Gives a person a role in a company; returns their member id there. */
  join(company: Company, person: Person, role: Role): Promise<string>
  leave(company: Company, person: Person): Promise<void>
  /** What was written to an address last, as text. */
  mailTo(email: string): Promise<string>
  /** SQL as the owner login, for what no route does. */
  sql<Row extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
}

export type Person = Visitor & { id: string; name: string; email: string; password: string }
export type Founder = Person & { company: Company }

export type StartOptions = Partial<
  Pick<
    ServerOptions,
    | 'publicUrl'
    | 'logger'
    | 'sessionSecrets'
    | 'trustProxy'
    | 'tenantVersion'
    | 'rateLimits'
    | 'eventStreams'
    | 'showMail'
    | 'emailVerification'
  >
> & {
  /** The most connections of the app's pool: few, so that companies take turns on each. */
  connections?: number
  /** Stands between the API and the engine, to slow it down or to break it. */
  tenancy?: (tenancy: Tenancy) => Tenancy
}

/** The cheapest hashing argon2 allows. */
export const cheapHasher = createHasher({ parameters: { memoryCost: 1024, timeCost: 2, parallelism: 1 }, queue: 1000 })

const sessionSecrets = ['a secret of tests that is long enough']

/** What the API seals with. */
export const seal = createSeal(sessionSecrets)

/** More than any test sends that is not about limits. */
export const unlimited = { principal: 1e6, address: 1e6 }

/** Builds the API over a cloned database, with tenants standing by for as many companies as a test makes. */
export async function startApi(t: Owner, options: StartOptions = {}): Promise<Api> {
  const { connections = 2, tenancy: wrap = tenancy => tenancy, ...settings } = options
  const database = await testDatabase(t, { connections })
  const keeper = keepStandby({
    owner: database.owner,
    control: createTenancy(database.owner).control,
    blueprint: database.blueprint,
    target: 4,
    // It tries again; a machine under load may be too slow for a connection.
    onError: () => {},
  })
  t.teardown(() => keeper.stop())
  const app = await buildServer({
    publicUrl: 'http://localhost:3000',
    sessionSecrets,
    trustProxy: [],
    logger: false,
    rateLimits: unlimited,
    eventStreams: { heartbeatMs: 100 },
    ...settings,
    tenancy: wrap(database.tenancy),
    hasher: cheapHasher,
  })
  t.teardown(() => app.close())
  return over(app, database)
}

function over(app: App, database: TestDatabase): Api {
  const api: Api = {
    app,
    database,
    stranger: () => visitor(app),
    async person(name = word('Person')) {
      const email = `${word('person')}@example.com`
      const password = word('a password of')
      const someone = visitor(app)
      const { body } = await someone.post<Session>('/signup', { email, password, name }).expect(201)
      return Object.assign(someone, { id: body.user.id, name, email, password })
    },
    async founder(name, company = word('Company')) {
      const person = await api.person(name)
      const { body } = await person.post<Company>('/companies', { name: company }).expect(201)
      return Object.assign(person, { company: body })
    },
    async logIn({ email, password }) {
      const someone = visitor(app)
      await someone.post('/session', { email, password }).expect(200)
      return someone
    },
    join: (company, person, role) =>
      joinCompany(database.tenancy, company.id, { id: person.id, name: person.name, role }),
    leave: (company, person) => leaveCompany(database.tenancy, company.id, person.id),
    async mailTo(email) {
      const { control } = database.tenancy
      const [mail] = await api.sql<{ id: string }>(
        'select id from outbox where recipient = $1 order by id desc limit 1',
        [email],
      )
      if (!mail) throw new Error(`Nothing was written to ${email}`)
      return (await readMail(control, seal, mail.id)).body?.text ?? ''
    },
    async sql<Row extends Record<string, unknown>>(text: string, values: unknown[] = []) {
      return (await database.owner.query<Row>(text, values)).rows
    },
  }
  return api
}

/** A word that nobody else uses: names, addresses and canaries that can be looked for. */
export function word(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`
}

/** Adds a spinner to the person's company. */
export async function addSpinner(person: Visitor, fields: object = {}): Promise<Spinner> {
  const body = { serialNumber: word('SN'), name: 'Spinner', ...fields }
  return (await person.post<Spinner>('/spinners', body).expect(201)).body
}

/** Records a spin in the person's company. */
export async function addSpin(person: Visitor, spinner: Pick<Spinner, 'id'>, fields: object = {}): Promise<Spin> {
  const body = { spinnerId: spinner.id, durationMs: 1000, ...fields }
  return (await person.post<Spin>('/spins', body).expect(201)).body
}

/** Makes a token of the person for their company. */
export async function addToken(person: Visitor, fields: object = {}): Promise<NewToken> {
  const body = { name: word('Token'), scopes: ['read', 'write'], ...fields }
  return (await person.post<NewToken>('/tokens', body).expect(201)).body
}

/** A script with nothing but a token; it names a company when one is given. */
export function withToken(api: Api, token = 'none', company?: string): Visitor {
  return api
    .stranger()
    .tab({ authorization: `Bearer ${token}`, ...(company !== undefined && { 'x-company': company }) })
}
