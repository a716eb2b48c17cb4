import { isIP } from 'node:net'
import { FormatRegistry, type Static, type StringOptions, Type } from '@sinclair/typebox'

/** `expected` completes "expected …"; `example` is what the mending command sets; `hidden` keeps the value out of messages. */
type Explained = { expected: string; example: string; hidden?: true }

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** The variables the product knows: what each must look like, how that is said, and an example that does. */
export const Environment = Type.Object({
  NODE_ENV: setting(oneOf('production', 'development', 'test'), {
    expected: 'production, development or test',
    example: 'production',
  }),
  DATABASE_URL: setting(checked('postgres', isDatabase), {
    expected: 'the address of the owner login, postgres://USER:PASSWORD@HOST/DATABASE',
    example: 'postgres://spintrack_owner:PASSWORD@localhost:5432/spintrack',
    hidden: true,
  }),
  DATABASE_APP_URL: setting(checked('postgres', isDatabase), {
    expected: 'the address of the app login, postgres://USER:PASSWORD@HOST/DATABASE',
    example: 'postgres://spintrack_app:PASSWORD@localhost:5432/spintrack',
    hidden: true,
  }),
  DATABASE_REPORTING_URL: setting(checked('postgres', isDatabase), {
    expected: 'the address of the reporting login, postgres://USER:PASSWORD@HOST/DATABASE',
    example: 'postgres://spintrack_reporting:PASSWORD@localhost:5432/spintrack',
    hidden: true,
  }),
  SESSION_SECRET: setting(checked('secrets', areSecrets), {
    expected: 'secrets of at least 32 characters each, the newest first, with commas between',
    // Needs nothing but Node, and the secret is not shown.
    example: `$(node -p "require('node:crypto').randomBytes(32).toString('hex')")`,
    hidden: true,
  }),
  PUBLIC_URL: setting(checked('origin', isOrigin), {
    expected: 'the http or https address people open, without a path',
    example: 'https://spintrack.example',
    // Somebody may have written a password into it.
    hidden: true,
  }),
  SMTP_URL: setting(checked('mail server', isMailServer), {
    expected: 'the address of a mail server, smtp://USER:PASSWORD@HOST:PORT or smtps://…',
    example: 'smtps://USER:PASSWORD@smtp.example:465',
    hidden: true,
  }),
  MAIL_FROM: setting(checked('sender', isSender), {
    expected: 'an e-mail address, or a name with one, Spintrack <no-reply@HOST>',
    example: 'no-reply@spintrack.example',
  }),
  EMAIL_VERIFICATION: setting(oneOf('required', 'off'), { expected: 'required or off', example: 'required' }),
  PORT: setting(checked('port', isPort), { expected: 'a whole number from 0 to 65535', example: '3000' }),
  HOST: setting({ pattern: '^[\\w.:-]+$' }, { expected: 'an address or host name to listen on', example: '127.0.0.1' }),
  TRUST_PROXY: setting(checked('networks', areNetworks), {
    expected: 'addresses, networks, loopback, linklocal or uniquelocal, with commas between',
    example: '10.0.0.0/8',
  }),
  LOG_LEVEL: setting(oneOf(...logLevels), { expected: `one of ${logLevels.join(', ')}`, example: 'info' }),
  DATA_DIR: setting({ pattern: '\\S' }, { expected: 'a folder', example: '.data' }),
  WEBHOOKS_TO_LOOPBACK: setting(oneOf('on', 'off'), { expected: 'on or off', example: 'off' }),
  DEMO_DATA: setting(oneOf('on', 'off'), { expected: 'on or off', example: 'off' }),
})
export type Environment = Static<typeof Environment>
export type Name = keyof Environment

/** How a variable is explained to a person. */
export function explained(name: Name): Explained {
  return Environment.properties[name] as unknown as Explained
}

/** The parts of a list with commas between. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)
}

/** The address, or undefined when it is none. */
export function address(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

function setting(schema: StringOptions, explanation: Explained) {
  return Type.Optional(Type.String({ ...schema, ...explanation }))
}

function oneOf(...values: string[]): StringOptions {
  return { pattern: `^(${values.join('|')})$` }
}

function checked(name: string, check: (value: string) => boolean): StringOptions {
  FormatRegistry.Set(name, check)
  return { format: name }
}

function isDatabase(text: string): boolean {
  const { protocol = '', username = '' } = address(text) ?? {}
  return ['postgres:', 'postgresql:'].includes(protocol) && username !== ''
}

function areSecrets(text: string): boolean {
  return text.split(',').every(secret => secret.trim().length >= 32)
}

function isOrigin(text: string): boolean {
  const { protocol = '', href, origin } = address(text) ?? {}
  return ['http:', 'https:'].includes(protocol) && href === `${origin}/`
}

function isMailServer(text: string): boolean {
  const { protocol = '', hostname = '' } = address(text) ?? {}
  return ['smtp:', 'smtps:'].includes(protocol) && hostname !== ''
}

function isSender(text: string): boolean {
  return /^([^<>@"\p{Cc}]+ <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/u.test(text)
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535
}

function areNetworks(text: string): boolean {
  return text.split(',').every(part => isNetwork(part.trim()))
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [host = '', prefix = '0', ...rest] = text.split('/')
  const bits = { 4: 32, 6: 128 }[isIP(host)]
  return bits !== undefined && rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits
}
