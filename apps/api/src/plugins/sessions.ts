import cookie from '@fastify/cookie'
import session from '@fastify/session'
import { createSession, revokeSession } from '@spintrack/domain/sessions'
import type { ControlDb } from '@spintrack/tenancy/handles'
import type { FastifyReply, FastifyRequest, Session } from 'fastify'
import plugin from 'fastify-plugin'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const week = 7 * 24 * 60 * 60 * 1000

/** The signed cookie and its session, kept in public.sessions. */
export const sessions = plugin(
  async (app: App, { publicUrl, sessionSecrets, tenancy }: ApiOptions) => {
    await app.register(cookie)
    await app.register(session, {
      secret: sessionSecrets,
      cookieName: cookieName(publicUrl),
      cookie: { ...cookieAttributes(publicUrl), maxAge: week },
      rolling: false,
      saveUninitialized: false,
      store: store(tenancy.control),
    })
  },
  { name: 'sessions' },
)

/**
 * Logs `userId` in: under a new session id, so that one planted before the log-in is worth nothing. In `companyId` where one
 * is given, else in the company they opened last.
 */
export async function startSession(request: FastifyRequest, userId: string, companyId?: string | null): Promise<void> {
  await request.session.regenerate()
  request.session.userId = userId
  request.session.address = request.ip
  request.session.browser = request.headers['user-agent'] ?? ''
  if (companyId) request.session.companyId = companyId
  try {
    await request.session.save()
  } catch (error) {
    // Otherwise the plugin saves it again while the refusal is being sent, and sends the second failure as it is.
    request.session = null as never
    throw error
  }
}

/** Logs out: ends the session for good and has the browser forget the cookie and whatever else it kept. */
export async function endSession(request: FastifyRequest, reply: FastifyReply, publicUrl: string): Promise<void> {
  await request.session.destroy()
  reply.clearCookie(cookieName(publicUrl), cookieAttributes(publicUrl)).header('clear-site-data', '"cache", "storage"')
}

/** The id in the caller's cookie, if there is one. Whether it means anything only the principal query knows. */
export function sessionId(request: FastifyRequest, publicUrl: string): string | undefined {
  return request.cookies[cookieName(publicUrl)] === undefined ? undefined : request.session.sessionId
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}

function cookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-spintrack' : 'spintrack'
}

function cookieAttributes(publicUrl: string) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isSecure(publicUrl) } as const
}

/**
 * The session plugin's way to the table. It only inserts and ends sessions: reading one is left to the principal query,
 * which joins it with user and membership, and nothing is ever saved again, so that a slow request cannot revert a
 * company switch or bring back a session that was logged out meanwhile.
 */
function store(db: ControlDb) {
  return {
    get(_id: string, done: (error: unknown, session?: Session) => void) {
      done(null, {} as Session)
    },
    set(id: string, { userId, ...details }: Session, done: (error?: unknown) => void) {
      if (userId === undefined) return done()
      const { address, browser, companyId } = details
      createSession(db, { id, userId, address, browser, companyId }).then(() => done(), done)
    },
    destroy(id: string, done: (error?: unknown) => void) {
      revokeSession(db, id).then(() => done(), done)
    },
  }
}
