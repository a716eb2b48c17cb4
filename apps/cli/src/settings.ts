import { Value } from '@sinclair/typebox/value'
import { address, Environment, explained, list, type Name } from './environment.ts'

/** Everything that can be set from outside, checked and typed. */
export type Settings = {
  /** The owner login. With neither address the embedded database is used. */
  databaseUrl?: string
  /** The app login; alone it is enough for `spintrack api`. */
  databaseAppUrl?: string
  /** The reporting login, for questions to all companies; only those need it. */
  databaseReportingUrl?: string
  /** Newest first. Absent only outside production; the embedded database keeps one of its own. */
  sessionSecrets?: string[]
  /** An origin, without a slash at the end. */
  publicUrl: string
  /** Without one, mail is kept in the outbox. */
  smtpUrl?: string
  /** What mail is sent from. */
  mailFrom: string
  /** Whether an address must be confirmed before its account comes to be. */
  emailVerification: 'required' | 'off'
  /** Whether the API shows kept mail to everybody who reaches it: never in production, nor beyond this machine. */
  showMail: boolean
  port: number
  host: string
  /** Networks whose X-Forwarded-* headers are believed. */
  trustProxy: string[]
  logLevel: string
  /** The embedded database's folder. */
  dataDir: string
  demoData: boolean
  /** Whether webhooks may lead to this machine itself. Never in production. */
  webhooksToLoopback: boolean
  production: boolean
}

/** Settings are wrong or missing. The message says which, what was expected and what mends it, and holds no secret. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/** What is needed because of other settings. */
const needs: { name: Name; when: (env: Environment) => boolean; why: string }[] = [
  {
    name: 'DATABASE_URL',
    // With the app login alone an API process runs as it should: it holds no right to alter anything.
    when: env => isProduction(env) && !env.DATABASE_APP_URL,
    why: 'in production, where the embedded database is not used',
  },
  {
    name: 'DATABASE_APP_URL',
    when: env => isProduction(env) || !!env.DATABASE_URL || !!env.DATABASE_REPORTING_URL,
    why: 'beside the other logins',
  },
  { name: 'SESSION_SECRET', when: isProduction, why: 'in production, where no secret has a default' },
  { name: 'PUBLIC_URL', when: isProduction, why: 'in production' },
]

/**
 * Reads the settings out of the environment, the only place in the product that does. Throws SettingsError, which lists
 * everything that is wrong at once.
 */
export function readSettings(environment: Record<string, string | undefined> = process.env): Settings {
  const env = pick(environment)
  const wrong = new Set([...Value.Errors(Environment, env)].map(({ path }) => path.slice(1) as Name))
  const missing = needs.filter(({ name, when }) => env[name] === undefined && when(env))
  const complaints = [
    ...[...wrong].map(name => complaint(name, shown(name, env))),
    ...missing.map(({ name, why }) => complaint(name, `it is not set; it is needed ${why}`)),
  ]
  if (complaints.length === 0) complaints.push(...shared(env), ...unsafe(env))
  if (complaints.length > 0) throw new SettingsError(complaints.join('\n'))
  return settings(env)
}

const loopback = ['127.0.0.1', '::1', 'localhost']

/** The known variables. One that is set to nothing, as compose files do, counts as absent. */
function pick(environment: Record<string, string | undefined>): Environment {
  const names = Object.keys(Environment.properties)
  return Object.fromEntries(names.flatMap(name => (environment[name] ? [[name, environment[name]]] : [])))
}

function settings(env: Environment): Settings {
  const port = Number(env.PORT ?? 3000)
  const host = env.HOST ?? '127.0.0.1'
  const publicUrl = new URL(env.PUBLIC_URL ?? `http://localhost:${port}`)
  return {
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
    ...(env.DATABASE_APP_URL && { databaseAppUrl: env.DATABASE_APP_URL }),
    ...(env.DATABASE_REPORTING_URL && { databaseReportingUrl: env.DATABASE_REPORTING_URL }),
    ...(env.SESSION_SECRET && { sessionSecrets: list(env.SESSION_SECRET) }),
    publicUrl: publicUrl.origin,
    ...(env.SMTP_URL && { smtpUrl: env.SMTP_URL }),
    mailFrom: env.MAIL_FROM ?? `Spintrack <no-reply@${publicUrl.hostname}>`,
    emailVerification: (env.EMAIL_VERIFICATION ?? (env.SMTP_URL ? 'required' : 'off')) as 'required' | 'off',
    showMail: !isProduction(env) && !env.SMTP_URL && loopback.includes(host),
    port,
    host,
    trustProxy: list(env.TRUST_PROXY ?? ''),
    logLevel: env.LOG_LEVEL ?? 'info',
    dataDir: env.DATA_DIR ?? '.data',
    demoData: env.DEMO_DATA !== 'off',
    webhooksToLoopback: env.WEBHOOKS_TO_LOOPBACK === 'on',
    production: isProduction(env),
  }
}

function complaint(name: Name, found: string): string {
  const { expected, example } = explained(name)
  return `${name}: expected ${expected}, but ${found}.\n  Mend it with: export ${name}=${example}`
}

function shown(name: Name, env: Environment): string {
  return explained(name).hidden ? 'it is set to something else (not shown here)' : `got ${JSON.stringify(env[name])}`
}

function isProduction({ NODE_ENV }: Environment): boolean {
  return NODE_ENV === 'production'
}

/** Each login exists to hold less than the one before it, so two settings that name one are a mistake. */
function shared(env: Environment): string[] {
  const same: [Name, Name, string][] = [
    ['DATABASE_APP_URL', 'DATABASE_URL', 'which may do everything'],
    ['DATABASE_REPORTING_URL', 'DATABASE_URL', 'which may do everything'],
    ['DATABASE_REPORTING_URL', 'DATABASE_APP_URL', 'which may write'],
  ]
  const user = (name: Name) => address(env[name] ?? '')?.username
  return same
    .filter(([name, other]) => user(name) !== undefined && user(name) === user(other))
    .map(([name, other, why]) => complaint(name, `it names the same login as ${other}, ${why}`))
}

/** What is for development alone. */
function unsafe(env: Environment): string[] {
  if (!isProduction(env) || env.WEBHOOKS_TO_LOOPBACK !== 'on') return []
  return [
    complaint('WEBHOOKS_TO_LOOPBACK', 'on would let people reach this machine from the inside; production refuses it'),
  ]
}
