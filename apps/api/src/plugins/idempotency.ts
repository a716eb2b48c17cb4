import { createHash } from 'node:crypto'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { type Once, underKey } from '@spintrack/domain/idempotency'
import type { FastifyReply, FastifyRequest } from 'fastify'
import plugin from 'fastify-plugin'
import type { Upload } from '../files/upload.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const { min, max } = limits.idempotencyKey
const printable = new RegExp(`^[\\x20-\\x7e]{${min},${max}}$`)

/**
 * Gives each request with a principal the engine it writes through. That of a POST with an Idempotency-Key keeps the key
 * in the transaction of the effect. Other methods can be repeated anyhow, so there the header means nothing.
 */
export const idempotency = plugin(
  async (app: App, { tenancy }: ApiOptions) => {
    app.decorateRequest('once')
    app.decorateRequest('tenancy')

    app.addHook('onRequest', async (request, reply) => {
      request.once = onceOf(request, reply)
      request.tenancy = underKey(tenancy, request.once)
    })
  },
  { name: 'idempotency', dependencies: ['principal'] },
)

function onceOf(request: FastifyRequest, reply: FastifyReply): Once | undefined {
  const key = request.headers['idempotency-key']?.toString()
  if (request.method !== 'POST' || key === undefined) return undefined
  if (!printable.test(key)) {
    const expected = `must have ${min} to ${max} characters, printable ones of ASCII`
    throw new ProblemError('invalid_request', `The Idempotency-Key ${expected}.`, {
      errors: [{ path: '/headers/idempotency-key', message: expected }],
    })
  }
  return {
    principalId: (request.principal.token ?? request.principal.user).id,
    key,
    requestHash: async () =>
      createHash('sha256')
        .update(`${request.method} ${request.url}\n${await bodyOf(request)}`)
        .digest('hex'),
    replayed: () => reply.header('idempotency-replayed', 'true'),
  }
}

/** A file stands there by its hash, for which it is read to its end. */
async function bodyOf({ body }: FastifyRequest): Promise<string> {
  const upload = body as Partial<Upload> | undefined
  if (typeof upload?.digest !== 'function') return JSON.stringify(body) ?? ''
  return `${upload.format} ${await upload.digest()}`
}
