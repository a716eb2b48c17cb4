import t from 'tap'
import { startApi, word } from './support/api.ts'
import { registeredRoutes } from './support/routes.ts'

const publicUrl = 'https://spintrack.example'
const api = await startApi(t, { publicUrl })

const sites = [undefined, 'same-origin', 'none', 'same-site', 'cross-site', '']
const origins = [undefined, publicUrl, `${publicUrl}.evil.example`, 'null']
const types = [undefined, 'application/json', 'Application/JSON; charset=utf-8', 'text/plain', 'application/jsonp']
const cookie = '__Host-spintrack=of.somebody'
const callers = [{ cookie }, {}, { cookie, authorization: 'Bearer spin_somebody' }]
const unsafe = (await registeredRoutes()).filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))

/** The rule, written a second time. */
function letThrough(site: string | undefined, origin: string | undefined, type: string | undefined): boolean {
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (origin !== undefined) return origin === publicUrl
  return type !== undefined && /^application\/json/i.test(type) && !type.includes('jsonp')
}

for (const route of unsafe) {
  t.test(`${route.name} with a cookie and no token is only for our own pages, and for JSON from scripts`, async t => {
    const url = route.url.replace(/:(id|token)/, '0190b7a0-0000-7000-8000-000000000000')
    const wrong = []
    for (const site of sites) {
      for (const origin of origins) {
        for (const type of types) {
          const headers = { 'sec-fetch-site': site, origin, 'content-type': type }
          for (const who of callers) {
            const { code } = await api.stranger().send(route.method, url, { headers: { ...headers, ...who } })
            const expected = who.cookie !== undefined && !who.authorization && !letThrough(site, origin, type)
            if ((code === 'cross_site_request') !== expected) wrong.push({ ...headers, ...who, code })
          }
        }
      }
    }
    t.strictSame(wrong, [])
  })
}

t.test('a form on another site changes nothing, whatever it sends; the same from our page does', async t => {
  const ada = await api.founder()
  const slug = word('forged')
  const body = JSON.stringify({ name: 'Forged', slug })
  const forms = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', 'content-type': 'text/plain' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.spintrack.example' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    { 'content-type': undefined },
  ]
  const made = () => api.sql('select id from companies where slug = $1', [slug])
  for (const headers of forms) await ada.send('POST', '/companies', { body, headers }).expect('cross_site_request')
  t.strictSame(await made(), [])
  const ours = { 'sec-fetch-site': 'same-origin', origin: publicUrl }
  await ada.send('POST', '/companies', { body, headers: ours }).expect(201)
  t.equal((await made()).length, 1)
})

t.test(
  'reading with a cookie is allowed from a link on another site, and no answer allows another origin to see it',
  async t => {
    const ada = await api.founder()
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const { headers: answered } = await ada.get('/spinners', headers).expect(200)
    t.strictSame(
      Object.keys(answered).filter(name => name.startsWith('access-control-')),
      [],
    )
    t.equal(answered['cross-origin-resource-policy'], 'same-origin')
  },
)

t.test('logging in from another site is refused where a cookie comes along', async t => {
  const ada = await api.person()
  const { email, password } = ada
  await ada.post('/session', { email, password }, { 'sec-fetch-site': 'cross-site' }).expect('cross_site_request')
  await ada.get('/session').expect(200)
  t.ok(ada.cookies.size)
})
