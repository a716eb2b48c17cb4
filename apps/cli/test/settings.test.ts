import t from 'tap'
import { Environment, explained, type Name } from '../src/environment.ts'
import { readSettings, SettingsError } from '../src/settings.ts'

const secret = 'a-secret-that-nobody-may-ever-see-in-a-message'
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://owner:hush@db/spintrack',
  DATABASE_APP_URL: 'postgres://app:hush@db/spintrack',
  SESSION_SECRET: secret,
  PUBLIC_URL: 'https://spintrack.example',
}

function complaint(env: Record<string, string | undefined>): string {
  try {
    readSettings(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
  return 'accepted'
}

t.test('an empty environment is enough to try the product', async t => {
  t.strictSame(readSettings({}), {
    publicUrl: 'http://localhost:3000',
    mailFrom: 'Spintrack <no-reply@localhost>',
    emailVerification: 'off',
    showMail: true,
    port: 3000,
    host: '127.0.0.1',
    trustProxy: [],
    logLevel: 'info',
    dataDir: '.data',
    demoData: true,
    webhooksToLoopback: false,
    production: false,
  })
})

t.test('everything can be set', async t => {
  const env = {
    ...production,
    DATABASE_REPORTING_URL: 'postgres://reporting:hush@db/spintrack',
    SESSION_SECRET: `${secret}-2, ${secret}-1`,
    PUBLIC_URL: 'https://Spintrack.example:443/',
    SMTP_URL: 'smtps://spintrack:hush@mail.example:465',
    MAIL_FROM: 'Our spinners <spin@mail.example>',
    PORT: '8080',
    HOST: '::',
    TRUST_PROXY: '10.0.0.0/8, fd00::/8,loopback,192.0.2.7',
    LOG_LEVEL: 'warn',
    DATA_DIR: '/srv/spintrack',
    DEMO_DATA: 'off',
    WEBHOOKS_TO_LOOPBACK: 'off',
  }
  t.strictSame(readSettings(env), {
    databaseUrl: production.DATABASE_URL,
    databaseAppUrl: production.DATABASE_APP_URL,
    databaseReportingUrl: env.DATABASE_REPORTING_URL,
    sessionSecrets: [`${secret}-2`, `${secret}-1`],
    publicUrl: 'https://spintrack.example',
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM,
    emailVerification: 'required',
    showMail: false,
    port: 8080,
    host: '::',
    trustProxy: ['10.0.0.0/8', 'fd00::/8', 'loopback', '192.0.2.7'],
    logLevel: 'warn',
    dataDir: '/srv/spintrack',
    demoData: false,
    webhooksToLoopback: false,
    production: true,
  })
})

t.test('the public address follows the port', async t => {
  t.equal(readSettings({ PORT: '4000' }).publicUrl, 'http://localhost:4000')
  t.equal(readSettings({ PORT: '0' }).port, 0)
})

t.test('addresses are confirmed where mail is sent, unless it is said otherwise', async t => {
  const verification = (env: Record<string, string>) => readSettings(env).emailVerification
  t.equal(verification({}), 'off')
  t.equal(verification({ SMTP_URL: 'smtp://mail.example' }), 'required')
  t.equal(verification({ SMTP_URL: 'smtp://mail.example', EMAIL_VERIFICATION: 'off' }), 'off')
  t.equal(verification({ EMAIL_VERIFICATION: 'required' }), 'required')
})

t.test('kept mail is shown on this machine alone, and never in production', async t => {
  const shown = (env: Record<string, string>) => readSettings(env).showMail
  for (const HOST of ['127.0.0.1', '::1', 'localhost']) t.equal(shown({ HOST }), true, HOST)
  for (const HOST of ['0.0.0.0', '::', '192.0.2.7', 'spintrack.example']) t.equal(shown({ HOST }), false, HOST)
  t.equal(shown({ SMTP_URL: 'smtp://mail.example' }), false, 'it is sent')
  t.equal(shown(production), false)
  t.equal(readSettings(production).mailFrom, 'Spintrack <no-reply@spintrack.example>')
})

t.test('a variable set to nothing is absent', async t => {
  t.strictSame(readSettings({ PORT: '', DATABASE_URL: '', SESSION_SECRET: '', LOG_LEVEL: undefined }), readSettings({}))
})

const wrong: Record<string, string[]> = {
  NODE_ENV: ['prod', 'Production'],
  DATABASE_URL: ['mysql://owner:hush@db/spintrack', 'postgres://db/spintrack', 'hush'],
  DATABASE_APP_URL: ['http://app:hush@db/spintrack', 'app:hush@db'],
  DATABASE_REPORTING_URL: ['http://reporting:hush@db/spintrack', 'hush'],
  SESSION_SECRET: ['hush', `${secret},hush`, `${secret},`, ' '.repeat(40)],
  PUBLIC_URL: [
    'spintrack.example',
    'ftp://spintrack.example',
    'https://spintrack.example/app',
    'https://spintrack.example/?a',
    'https://me:hush@spintrack.example',
  ],
  SMTP_URL: ['mail.example:25', 'http://mail.example', 'smtp://', 'hush'],
  MAIL_FROM: [
    'spintrack',
    'a@b@c',
    'Spintrack no-reply@mail.example',
    '<no-reply@mail.example',
    'A "B" <c@d>',
    'A\n<b@c>',
  ],
  EMAIL_VERIFICATION: ['on', 'true', 'optional'],
  PORT: ['-1', '65536', '3000.5', '0x10', 'http', ' 80', '1e3'],
  HOST: ['not a host', 'http://localhost'],
  TRUST_PROXY: ['true', '*', '10.0.0.0/33', '10.0.0', '10.0.0.0/8,', '10.0.0.0/8/8', '::/129'],
  LOG_LEVEL: ['loud', 'INFO'],
  DATA_DIR: [' '],
  WEBHOOKS_TO_LOOPBACK: ['yes', '127.0.0.1'],
  DEMO_DATA: ['yes', 'true'],
}

for (const [name, values] of Object.entries(wrong)) {
  t.test(`a wrong ${name} is refused, named and mended`, async t => {
    for (const value of values) {
      const message = complaint({ ...production, [name]: value })
      t.match(message, new RegExp(`^${name}: expected .+, but .+\\.\n {2}Mend it with: export ${name}=\\S`), value)
      t.notMatch(message, /hush|nobody-may/, 'no secret is shown')
      t.equal(message.match(/expected/g)?.length, 1, 'and nothing else is blamed')
    }
  })
}

t.test('every variable has wrong values above', async t => {
  t.strictSame(Object.keys(wrong), Object.keys(Environment.properties))
})

t.test('what a mending command sets is accepted', async t => {
  for (const name of Object.keys(Environment.properties) as Name[]) {
    const { example } = explained(name)
    // What the shell makes of $(…): 64 hex digits.
    const value = example.startsWith('$(') ? 'f0'.repeat(32) : example
    t.equal(complaint({ ...production, [name]: value }), 'accepted', name)
  }
})

t.test('production has no defaults for what is secret, and no embedded database', async t => {
  t.equal(complaint(production), 'accepted')
  for (const name of ['DATABASE_APP_URL', 'SESSION_SECRET', 'PUBLIC_URL']) {
    t.match(complaint({ ...production, [name]: undefined }), new RegExp(`^${name}: expected .+ it is not set`))
  }
  const bare = complaint({ NODE_ENV: 'production' })
  for (const name of ['DATABASE_URL', 'DATABASE_APP_URL', 'SESSION_SECRET', 'PUBLIC_URL']) {
    t.match(bare, new RegExp(`^${name}: `, 'm'), `${name} is named in one go with the others`)
  }
})

t.test('an API process may hold the app login alone; the owner login alone is of no use', async t => {
  t.equal(complaint({ ...production, DATABASE_URL: undefined }), 'accepted')
  t.match(complaint({ DATABASE_URL: production.DATABASE_URL }), /^DATABASE_APP_URL: .+ needed beside the other logins/)
})

t.test('one login for two is refused', async t => {
  const same = (name: Name, user: string) =>
    complaint({ ...production, [name]: `postgres://${user}:hush@other/spintrack` })
  t.match(same('DATABASE_APP_URL', 'owner'), /^DATABASE_APP_URL: .+ the same login as DATABASE_URL, which/)
  t.match(same('DATABASE_REPORTING_URL', 'owner'), /^DATABASE_REPORTING_URL: .+ the same login as DATABASE_URL, which/)
  t.match(
    same('DATABASE_REPORTING_URL', 'app'),
    /^DATABASE_REPORTING_URL: .+ the same login as DATABASE_APP_URL, which/,
  )
})

t.test('the reporting login is of no use without the others', async t => {
  const message = complaint({ DATABASE_REPORTING_URL: 'postgres://reporting:hush@db/spintrack' })
  t.match(message, /^DATABASE_APP_URL: .+ needed beside the other logins/)
})

t.test('the environment of the process is what is read when nothing is given', async t => {
  const before = process.env.PORT
  t.teardown(() => {
    if (before === undefined) delete process.env.PORT
    else process.env.PORT = before
  })
  process.env.PORT = '4567'
  t.equal(readSettings().port, 4567)
})

t.test('webhooks lead to this machine where somebody wants it, and never in production', async t => {
  t.equal(readSettings({ WEBHOOKS_TO_LOOPBACK: 'on' }).webhooksToLoopback, true)
  t.throws(
    () => readSettings({ ...production, WEBHOOKS_TO_LOOPBACK: 'on' }),
    /WEBHOOKS_TO_LOOPBACK.*production refuses it/,
  )
})
