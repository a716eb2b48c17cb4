import { allows, permissions, roles } from '@spintrack/contract/permissions'
import t from 'tap'
import { startApi } from './support/api.ts'
import { callsOf, place } from './support/calls.ts'
import { publicRoutes, registeredRoutes } from './support/routes.ts'
import { makeTarget, renew } from './support/target.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t)
const victim = await makeTarget(api)
const routes = await registeredRoutes()
const withPermission = routes.filter(({ permission }) => permission)

t.test('every role may do what the matrix says in every route of a company, and nothing else', async t => {
  for (const role of roles) {
    const person = await api.person()
    await api.join(victim.company, person, role)
    await api.join(victim.other, person, 'admin')
    const tab = person.tab({ 'x-company': victim.company.id })
    for (const route of withPermission) {
      const target = await renew(api, victim)
      const [call = {}] = callsOf(route.name)?.(target) ?? []
      await call.prepare?.(api)
      const { status, code, text } = await place(tab, route, { ...call, body: call.own ?? call.body })
      const what = `${role}: ${route.name}`
      if (route.permission && allows(role, route.permission))
        t.ok(status < 300, `${what} is allowed, ${status} ${text}`)
      else
        t.strictSame([status, route.method === 'HEAD' ? 'forbidden' : code], [403, 'forbidden'], `${what} is refused`)
    }
  }
})

t.test('reading asks for a permission to read, and changing for one to write', async t => {
  for (const { name, method, permission } of withPermission) {
    const reads = method === 'GET' || method === 'HEAD'
    t.equal(permission?.endsWith('.read'), reads, `${name} asks for ${permission}`)
  }
})

t.test('a role that is refused changes nothing, and is refused before its body is looked at', async t => {
  const viewer = await api.person()
  await api.join(victim.company, viewer, 'viewer')
  const tab = viewer.tab({ 'x-company': victim.company.id })
  const { id } = (await renew(api, victim)).spinner
  const before = (await tab.get(`/spinners/${id}`).expect(200)).text
  await tab.patch(`/spinners/${id}`, { name: 'Theirs now' }).expect('forbidden')
  await tab.patch(`/spinners/${id}`, { no: 'such field' }).expect('forbidden')
  await tab.delete(`/spinners/${id}`).expect('forbidden')
  t.equal((await tab.get(`/spinners/${id}`)).text, before)
})

t.test('only what is listed by hand answers without a session', async t => {
  const anonymous: Record<string, Visitor> = {
    nobody: api.stranger(),
    'a company’s name alone': api.stranger().tab({ 'x-company': victim.company.id }),
    'an API token that does not exist': api.stranger().tab({ authorization: 'Bearer spin_nothing' }),
    'an unsigned cookie': api.stranger().tab({ cookie: 'spintrack=0190b7a0' }),
  }
  const open = new Set<string>()
  for (const [who, visitor] of Object.entries(anonymous)) {
    for (const route of routes) {
      const { status, code } = await place(visitor, route, {
        id: victim.spinner.id,
        body: route.method === 'GET' ? undefined : {},
      })
      if (status === 401 && (code === 'unauthenticated' || route.method === 'HEAD')) continue
      t.ok(publicRoutes.includes(route.name.replace(/^HEAD/, 'GET')), `${who} gets ${status} from ${route.name}`)
      open.add(route.name.replace(/^HEAD/, 'GET'))
    }
  }
  t.strictSame([...open].sort(), [...publicRoutes].sort(), 'the list has no entry that is not there')
})

t.test('with the web beside it the API has no more open routes than its files and pages', async t => {
  const web = t.testdir({ 'index.html': '<!doctype html>', assets: { 'app.js': '' } })
  const known = new Set(routes.map(({ name }) => name))
  const added = (await registeredRoutes(web)).map(({ name }) => name).filter(name => !known.has(name))
  t.strictSame(added.filter(name => name.startsWith('GET ')).sort(), [
    'GET /',
    'GET /*',
    'GET /assets/app.js',
    'GET /index.html',
  ])
  t.ok(added.every(name => /^(GET|HEAD) /.test(name)))
})

t.test('every permission of the matrix is asked for by a route', async t => {
  const asked = new Set(withPermission.map(({ permission }) => permission))
  t.strictSame(
    Object.keys(permissions).filter(name => !asked.has(name as never)),
    [],
  )
})
