import type { TSchema } from '@sinclair/typebox'
import type { Permission } from '@spintrack/contract/permissions'
import { createHasher } from '@spintrack/domain/hashing'
import { createPool } from '@spintrack/tenancy/pool'
import { createTenancy } from '@spintrack/tenancy/tenancy'
import { fastify } from 'fastify'
import app from '../../src/app.ts'
import { sessionOnly } from '../../src/plugins/session-only.ts'
import type { App } from '../../src/types.ts'

/** A route as the app itself registers it; `name` is method and address, `GET /api/v1/spinners/:id`. */
export type Route = {
  name: string
  method: string
  url: string
  permission: Permission | undefined
  /** Whether it refuses tokens though it is inside a company. */
  forSessions: boolean
  /** Whether it takes JSON. */
  takesJson: boolean
}

/** Every route of the app, the hidden ones and those Fastify adds (HEAD) included. `webRoot` is a folder with the web. */
export async function registeredRoutes(webRoot?: string): Promise<Route[]> {
  const routes: Route[] = []
  const instance = fastify() as unknown as App
  instance.addHook('onRoute', ({ method, url, config, schema, onRequest }) => {
    const forSessions = [onRequest].flat().some(hook => hook === sessionOnly)
    const takesJson = (schema?.body as TSchema | undefined)?.type === 'object'
    for (const one of [method].flat()) {
      const name = `${one} ${url}`
      routes.push({ name, method: one, url, permission: config?.permission, forSessions, takesJson })
    }
  })
  await instance.register(app, {
    tenancy: createTenancy(createPool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })),
    hasher: createHasher(),
    publicUrl: 'http://localhost:3000',
    sessionSecrets: ['only to register the routes, never to sign'],
    ...(webRoot && { webRoot }),
  })
  await instance.ready()
  await instance.close()
  return routes
}

/** What may be asked without a session. A route that is new here is a decision, so the list is kept by hand. */
export const publicRoutes = [
  'POST /api/v1/signup',
  'POST /api/v1/session',
  'GET /api/v1/invites/:token',
  'PUT /api/v1/email-verifications/:token',
  'POST /api/v1/email-verifications',
  'POST /api/v1/password-resets',
  'PUT /api/v1/password-resets/:token',
  'GET /health/live',
  'GET /health/ready',
  'GET /api/openapi.json',
  'GET /api/docs',
  'GET /api/docs/reference.js',
]
