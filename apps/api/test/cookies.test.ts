import t, { type Test } from 'tap'
import { buildServer } from '../src/server.ts'
import { cheapHasher, startApi } from './support/api.ts'
import { visitor } from './support/visitor.ts'

const secret = 'a secret of tests that is long enough'
const older = 'the secret of the release before it'

const plain = await startApi(t, { sessionSecrets: [older] })
const secured = await startApi(t, { publicUrl: 'https://spintrack.example' })

for (const [publicUrl, api, name, secure] of [
  ['http', plain, 'spintrack', false],
  ['https', secured, '__Host-spintrack', true],
] as const) {
  t.test(`the cookie of ${publicUrl}, also where it is deleted`, async t => {
    const ada = api.stranger()
    const account = { email: 'ada@example.com', password: 'seventeen spinning tops', name: 'Ada' }
    const demanded = ['httponly', 'path=/', 'samesite=lax', ...(secure ? ['secure'] : [])]
    const signUp = await ada.post('/signup', account).expect(201)
    const logOut = await ada.delete('/session').expect(204)
    const logIn = await ada.post('/session', { email: account.email, password: account.password }).expect(200)
    for (const [what, { setCookies }] of Object.entries({ signUp, logIn, logOut })) {
      t.equal(setCookies.length, 1, `${what}: one cookie`)
      const [pair, ...attributes] = String(setCookies[0]).split('; ')
      t.equal(pair?.split('=')[0], name)
      const [lasting, fixed] = split(attributes.map(attribute => attribute.toLowerCase()))
      t.strictSame(fixed.sort(), demanded, `${what}: no Domain, and ${demanded}`)
      const expires = Date.parse(lasting.find(attribute => attribute.startsWith('expires='))?.slice(8) ?? '')
      if (what === 'logOut') t.equal(expires, 0)
      else t.ok(Math.abs(expires - Date.now() - 7 * 24 * 3_600_000) < 60_000, `${what}: seven days`)
    }
  })
}

t.test('the cookie of http is worth nothing on https', async () => {
  const ada = await secured.person()
  const thief = secured.stranger()
  thief.cookies.set('spintrack', ada.cookies.get('__Host-spintrack') ?? '')
  await thief.get('/session').expect('unauthenticated')
  await ada.get('/session').expect(200)
})

t.test('a cookie signed with an older secret is still good; new ones are signed with the newest', async t => {
  const ada = await plain.person()
  const { cookieOf } = await rotated(t, plain, [secret, older])
  t.equal(await cookieOf(ada.cookies), 200)
  const gone = await rotated(t, plain, [secret])
  t.equal(await gone.cookieOf(ada.cookies), 401)
})

t.test('answers say what browsers may do with them', async t => {
  const { headers } = await plain.stranger().get('/session').expect(401)
  t.match(headers, {
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  })
  t.equal(headers['strict-transport-security'], undefined, 'not on http')
  t.match((await secured.stranger().get('/session')).headers['strict-transport-security'], /max-age=\d{8}/)
})

type Api = Awaited<ReturnType<typeof startApi>>

/** The same database behind an API with other secrets. */
async function rotated(t: Test, api: Api, sessionSecrets: string[]) {
  const app = await buildServer({
    publicUrl: 'http://localhost:3000',
    sessionSecrets,
    trustProxy: [],
    logger: false,
    tenancy: api.database.tenancy,
    hasher: cheapHasher,
  })
  t.teardown(() => app.close())
  return {
    cookieOf: async (cookies: Map<string, string>) => (await visitor(app, new Map(cookies)).get('/session')).status,
  }
}

function split(attributes: string[]): [string[], string[]] {
  const lasting = (attribute: string) => /^(expires|max-age)=/.test(attribute)
  return [attributes.filter(lasting), attributes.filter(attribute => !lasting(attribute))]
}
