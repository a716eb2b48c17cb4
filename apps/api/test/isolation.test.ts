import t, { type Test } from 'tap'
import { addToken, startApi, withToken } from './support/api.ts'
import { type Call, calls, callsOf, place } from './support/calls.ts'
import { contents } from './support/contents.ts'
import { publicRoutes, type Route, registeredRoutes } from './support/routes.ts'
import { makeTarget, renew } from './support/target.ts'
import type { Answer, Visitor } from './support/visitor.ts'

// One connection: whatever a company leaves on it, the next one finds.
const api = await startApi(t, { connections: 1 })
const routes = await registeredRoutes()
const victim = await makeTarget(api)
const outsider = await api.founder()
const removed = await api.person()
await api.join(victim.company, removed, 'admin')
const theirs = await addToken(outsider)
const former = await addToken(removed.tab({ 'x-company': victim.company.id }))
const revoked = await addToken(victim.owner)
await victim.owner.delete(`/tokens/${revoked.id}`).expect(204)
await api.leave(victim.company, removed)

t.test('the sweep knows every route, and no other', async t => {
  const names = routes.map(({ name }) => name)
  const missing = names.filter(name => !callsOf(name))
  t.strictSame(missing, [], 'a new route needs its calls in test/support/calls.ts, before anybody can reach it')
  t.strictSame(
    Object.keys(calls).filter(name => !names.includes(name)),
    [],
    'a route that is gone leaves no calls',
  )
})

for (const route of routes) {
  t.test(`${route.name} gives nothing of a company to others`, async t => {
    const target = await renew(api, victim)
    const requests = callsOf(route.name)?.(target) ?? []
    for (const { prepare } of requests) await prepare?.(api)
    const before = await contents(api, victim)
    for (const request of requests) {
      for (const [who, attacker] of Object.entries(await attackers(route))) {
        const what = `${who}: ${route.name} ${JSON.stringify(request)}`
        const answer = await place(attacker, route, request)
        t.strictSame(found(answer, target.canaries), [], `${what} shows nothing`)
        refusedAsItShould(t, route, request, who, answer, what)
      }
    }
    t.strictSame(await contents(api, victim), before, 'and changes nothing')

    // The positive control: the owner gets it, so the attacks above asked for something that is there.
    const owner = (await api.logIn(target.owner)).tab({ 'x-company': target.company.id })
    for (const request of requests) {
      const { id, ownId = id, body, own: theirs = body } = request
      const answer = await place(owner, route, { ...request, ...(ownId !== undefined && { id: ownId }), body: theirs })
      await request.afterwards?.(api)
      t.ok(answer.status >= 200 && answer.status < 300, `the owner gets ${answer.status} ${answer.text.slice(0, 200)}`)
      if (route.method === 'GET' && !publicRoutes.includes(route.name)) {
        t.not(found(answer, target.canaries).length, 0, 'and their own words in it')
      }
    }
  })
}

type Attackers = Record<string, Visitor>
let kept: Attackers | undefined

/** Logged in anew for the routes that end or move a session, and kept for the others. */
async function attackers({ permission }: Route): Promise<Attackers> {
  if (!permission) return logInAll()
  kept ??= await logInAll()
  return kept
}

async function logInAll(): Promise<Attackers> {
  const { company, owner } = victim
  const ended = await api.logIn(owner)
  const copy = new Map(ended.cookies)
  await ended.delete('/session').expect(204)
  for (const [name, value] of copy) ended.cookies.set(name, value)
  const other = await api.logIn(outsider)
  const gone = await api.logIn(removed)
  const own = await api.logIn(owner)
  await api.sql('update sessions set company_id = $1 where user_id = $2', [company.id, removed.id])
  return {
    nobody: api.stranger(),
    'nobody who names it': api.stranger().tab({ 'x-company': company.id }),
    'a session that has ended': ended,
    'another company': other,
    'another company that names it by id': other.tab({ 'x-company': company.id }),
    'another company that names it by slug': other.tab({ 'x-company': company.slug }),
    'a removed member whose session is still in it': gone,
    'a removed member who names it': gone.tab({ 'x-company': company.id }),
    'nobody with the token of a removed member': withToken(api, former.token),
    'nobody with a revoked token and the owner’s cookie': own.tab({ authorization: `Bearer ${revoked.token}` }),
    'a token of another company': withToken(api, theirs.token),
    'a token of another company that names it': withToken(api, theirs.token, company.slug),
    'a token of another company with the owner’s cookie': own.tab({ authorization: `Bearer ${theirs.token}` }),
  }
}

function refusedAsItShould(t: Test, route: Route, { id }: Call, who: string, answer: Answer<unknown>, what: string) {
  if (publicRoutes.includes(route.name.replace(/^HEAD/, 'GET'))) return
  const head = route.method === 'HEAD'
  if (who.startsWith('nobody') || who.includes('ended')) {
    t.equal(answer.status, 401, `${what} is 401`)
  } else if (
    who.startsWith('a token') &&
    answer.code !== 'company_not_found' &&
    (!route.permission || route.forSessions)
  ) {
    t.equal(answer.status, 403, `${what} is for sessions`)
  } else if (route.permission && (who.includes('names it') || who.startsWith('a removed member'))) {
    t.equal(head ? answer.status : answer.code, head ? 404 : 'company_not_found', `${what} finds no company`)
  } else if (route.url.includes(':token')) {
    t.ok(answer.code === 'token_invalid' || answer.code === 'forbidden', `${what} is not for them`)
  } else if (id !== undefined) {
    t.equal(head ? answer.status : answer.code, head ? 404 : 'not_found', `${what} finds nothing`)
  } else {
    t.ok(answer.status < 500, `${what} is no fault`)
  }
}

function found({ text, headers }: Answer<unknown>, canaries: string[]): string[] {
  const everything = `${text}\n${JSON.stringify(headers)}`
  return canaries.filter(canary => everything.includes(canary))
}
