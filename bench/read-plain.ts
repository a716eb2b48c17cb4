import type { AddressInfo } from 'node:net'
import { companyRefusals } from '@spintrack/api/answers'
import { sendPage } from '@spintrack/api/pages'
import { refuseCrossSite } from '@spintrack/api/plugins/cross-site'
import { documentation } from '@spintrack/api/plugins/documentation'
import { headers } from '@spintrack/api/plugins/headers'
import { json } from '@spintrack/api/plugins/json'
import { requirePrincipal } from '@spintrack/api/plugins/principal'
import { problems } from '@spintrack/api/plugins/problems'
import { rateLimits } from '@spintrack/api/plugins/rate-limits'
import { sessions } from '@spintrack/api/plugins/sessions'
import { validation } from '@spintrack/api/plugins/validation'
import { createInstance, type ServerOptions } from '@spintrack/api/server'
import type { App } from '@spintrack/api/types'
import { ref } from '@spintrack/contract/shapes'
import { CreateSpin, Spin, SpinListQuery, SpinPage } from '@spintrack/contract/spins'
import { page } from '@spintrack/domain/cursor'
import { newId } from '@spintrack/domain/ids'
import { createFindPrincipal } from '@spintrack/domain/principal'
import type { Pool } from '@spintrack/tenancy/pool'

/** The table of the plain handlers: a copy of a company's spins, in `public`. */
export const plainTable = 'bench_plain_spins'

type PlainOptions = ServerOptions & {
  pool: Pool
  /** Whether the principal query is run first, as in the product. */
  session: boolean
}

/**
 * What listing and recording spins would be without tenancy: the same Fastify instance, plugins, schemas and page, and one
 * query on a pg pool.
 */
export async function startPlain({ host, port, ...options }: PlainOptions): Promise<{ url: string }> {
  const app = createInstance(options)
  await app.register(problems)
  await app.register(validation)
  await app.register(json)
  await app.register(headers, options)
  await app.register(documentation, options)
  await app.register(refuseCrossSite, options)
  if (options.session) {
    await app.register(rateLimits, options)
    await app.register(sessions, options)
  }
  await app.register(async inner => {
    if (options.session) {
      const findPrincipal = createFindPrincipal(options.tenancy.control)
      await inner.register(requirePrincipal, { ...options, findPrincipal })
    }
    list(inner, options)
    record(inner, options)
  })
  await app.listen({ host, port })
  return { url: `http://${host}:${(app.server.address() as AddressInfo).port}` }
}

function list(app: App, { pool, publicUrl }: Pick<PlainOptions, 'pool' | 'publicUrl'>): void {
  app.get(
    '/api/v1/spins',
    { schema: { querystring: SpinListQuery, response: { 200: ref(SpinPage), ...companyRefusals() } } },
    async (request, reply) => {
      const { limit = 50 } = request.query
      const { rows } = await pool.query<Row>(newest, [limit + 1])
      return sendPage(
        request,
        reply,
        publicUrl,
        page(rows, limit, shape, row => ({ key: row.startedAt.getTime(), id: row.id })),
      )
    },
  )
}

function record(app: App, { pool }: Pick<PlainOptions, 'pool'>): void {
  app.post(
    '/api/v1/spins',
    { schema: { body: CreateSpin, response: { 201: ref(Spin), ...companyRefusals() } } },
    async (request, reply) => {
      const { spinnerId, memberId, durationMs, note = null } = request.body
      const startedAt = new Date(Date.now() - durationMs)
      const { rows } = await pool.query<Row>(insert, [newId(), spinnerId, memberId, startedAt, durationMs, note])
      reply.code(201)
      return shape(rows[0] as Row)
    },
  )
}

const columns = `id, spinner_id as "spinnerId", member_id as "memberId", started_at as "startedAt",
  duration_ms as "durationMs", note, created_at as "createdAt"`

const insert = `
  insert into ${plainTable} (id, spinner_id, member_id, started_at, duration_ms, note) values ($1, $2, $3, $4, $5, $6)
  returning ${columns}`

const newest = `
  select ${columns}
  from ${plainTable} order by started_at desc, id desc limit $1`

type Row = {
  id: string
  spinnerId: string
  memberId: string
  startedAt: Date
  durationMs: number
  note: string | null
  createdAt: Date
}

function shape(row: Row) {
  return { ...row, startedAt: row.startedAt.toISOString(), createdAt: row.createdAt.toISOString() }
}
