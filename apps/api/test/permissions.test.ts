import { allows, permissions, type Role, roles } from '@spintrack/contract/permissions'
import type { TokenScope } from '@spintrack/contract/tokens'
import { newToken } from '@spintrack/domain/token-format'
import t from 'tap'
import { addToken, startApi, withToken } from './support/api.ts'
import { type Call, callsOf, place } from './support/calls.ts'
import { publicRoutes, type Route, registeredRoutes } from './support/routes.ts'
import { makeTarget, renew } from './support/target.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t)
const victim = await makeTarget(api)
const routes = await registeredRoutes()
/** Of the routes of a company, those that take no token. */
const forSessions = [
  'POST /api/v1/tokens',
  'POST /api/v1/copies',
  'POST /api/v1/invitations',
  'PUT /api/v1/invitations/:id/link',
  'DELETE /api/v1/invitations/:id',
  'PATCH /api/v1/members/:id',
  'DELETE /api/v1/members/:id',
  'DELETE /api/v1/company/membership',
  'PUT /api/v1/company/owner',
]
/** Those that take the caller's own role away. */
const ending = ['DELETE /api/v1/company/membership', 'PUT /api/v1/company/owner']
const withPermission = routes.filter(({ permission }) => permission)

t.test(
  'every role, and every token of one, may do what the matrix says in every route of a company, and nothing else',
  async t => {
    for (const role of roles) {
      let callers = await callersWith(role)
      for (const route of withPermission) {
        const reads = route.method === 'GET' || route.method === 'HEAD'
        let call: Call | undefined
        for (const [who, { caller, mayWrite, isToken }] of Object.entries(callers)) {
          call ??= await prepared(route, callers['the session'].caller)
          const { status, code, text } = await place(caller, route, call)
          const what = `${who} of ${role}: ${route.name}`
          const allowed = route.permission && allows(role, route.permission) && (reads || mayWrite)
          if (!allowed || (isToken && forSessions.includes(route.name))) {
            t.strictSame(
              [status, route.method === 'HEAD' ? 'forbidden' : code],
              [403, 'forbidden'],
              `${what} is refused`,
            )
            continue
          }
          t.ok(status < 300, `${what} is allowed, ${status} ${text}`)
          // What was there may be gone now.
          if (!reads) call = undefined
        }
        if (ending.includes(route.name)) callers = await callersWith(role)
      }
    }
  },
)

t.test('outside a company a token may do nothing', async t => {
  const { token } = await addToken((await api.logIn(victim.owner)).tab({ 'x-company': victim.company.id }))
  for (const route of routes) {
    if (route.permission || publicRoutes.includes(route.name.replace(/^HEAD/, 'GET'))) continue
    const [call = {}] = callsOf(route.name)?.(victim) ?? []
    const { status } = await place(withToken(api, token), route, call)
    t.equal(status, 403, `${route.name} is refused`)
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
    'a mistyped token': withToken(api, 'spin_nothing'),
    'a token that does not exist': withToken(api, newToken()),
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

t.test('every permission of the matrix is asked for by a route, or by a rule', async t => {
  const asked = new Set(withPermission.map(({ permission }) => permission))
  t.strictSame(
    Object.keys(permissions).filter(name => !asked.has(name as never)),
    ['tokens.oversee'],
  )
})

/** Somebody with this role: their tokens, the weaker first, and themselves. */
async function callersWith(role: Role) {
  const person = await api.person()
  await api.join(victim.company, person, role)
  await api.join(victim.other, person, 'admin')
  const tab = person.tab({ 'x-company': victim.company.id })
  const bearer = async (scope: TokenScope) => withToken(api, (await addToken(tab, { scopes: [scope] })).token)
  return {
    'a token to read': { caller: await bearer('read'), mayWrite: false, isToken: true },
    'a token to write': { caller: await bearer('write'), mayWrite: true, isToken: true },
    'the session': { caller: tab, mayWrite: true, isToken: false },
  }
}

/** A call of the route that works for whom it is allowed, with everything it names in place. */
async function prepared(route: Route, caller: Visitor): Promise<Call> {
  const target = await renew(api, victim)
  // Everybody may revoke a token, if it is their own.
  const token = route.name === 'DELETE /api/v1/tokens/:id' ? await addToken(caller) : target.token
  const [call = {}] = callsOf(route.name)?.({ ...target, token }) ?? []
  await call.prepare?.(api)
  const { id, ownId = id } = call
  return { ...call, ...(ownId !== undefined && { id: ownId }), body: call.own ?? call.body }
}
