import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Installation } from './installation.ts'
import type { Kind, Order } from './read-server.ts'

/** A server in a process of its own. */
export type Server = { kind: Kind; url: string; pid: number; close(): Promise<void> }

/** Where the servers believe people to find them. */
export const publicUrl = 'http://localhost:3000'

/** Starts a server and waits until it listens. */
export async function serve(kind: Kind, { appUrl, sessionSecret }: Installation): Promise<Server> {
  const child = fork(fileURLToPath(new URL('read-server.ts', import.meta.url)))
  child.send({ kind, appUrl, publicUrl, sessionSecret } satisfies Order)
  const url = await firstMessage(child)
  return {
    kind,
    url,
    pid: child.pid ?? 0,
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function firstMessage(child: ChildProcess): Promise<string> {
  const [url] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('A server of the bench ended before it listened'))),
  ])
  return url
}
