import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { limits } from '@spintrack/contract/limits'
import { type FastifyServerOptions, fastify } from 'fastify'
import plugin from 'fastify-plugin'
import app from './app.ts'
import { loggedError } from './logged-errors.ts'
import { loggedRequest } from './logged-requests.ts'
import type { ApiOptions } from './options.ts'
import type { App } from './types.ts'
import { refuseAddress, refuseBytes } from './unreadable.ts'

export type ServerOptions = ApiOptions & {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Networks whose X-Forwarded-* headers are believed. */
  trustProxy: string[]
  logger: FastifyServerOptions['logger']
}

export type Server = { url: string; app: App; close(): Promise<void> }

/** Builds the instance with the app in it; nothing listens yet. Tests inject requests into it. */
export async function buildServer({
  trustProxy,
  logger,
  ...options
}: Omit<ServerOptions, 'host' | 'port'>): Promise<App> {
  const instance = createInstance({ trustProxy, logger })
  // Not encapsulated, so that whoever built the instance sees what the app decorates it with.
  await instance.register(plugin(app), options)
  await instance.ready()
  return instance
}

/** A Fastify instance with the product's limits and nothing registered. */
export function createInstance({ trustProxy, logger }: Pick<ServerOptions, 'trustProxy' | 'logger'>): App {
  return fastify({
    logger: logger ? { ...(logger !== true && logger), serializers: { err: loggedError, req: loggedRequest } } : false,
    trustProxy: trustProxy.length > 0 ? trustProxy : false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: 15_000,
    connectionTimeout: 20_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseBytes,
  }) as unknown as App
}

/** Builds the instance and listens: the only place in the product that opens a port. */
export async function startServer({ host, port, ...options }: ServerOptions): Promise<Server> {
  const instance = await buildServer(options)
  await instance.listen({ host, port }).catch(async error => {
    await instance.close()
    throw error
  })
  const address = instance.server.address() as AddressInfo
  return { url: `http://${host}:${address.port}`, app: instance, close: () => instance.close() }
}
