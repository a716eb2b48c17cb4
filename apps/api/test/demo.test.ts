import type { Company } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import type { Member } from '@spintrack/contract/members'
import type { Spinner } from '@spintrack/contract/spinners'
import t from 'tap'
import { addSpin, addSpinner, type Person, startApi, word } from './support/api.ts'
import { holding } from './support/holding.ts'
import { everyPage } from './support/pages.ts'

const api = await startApi(t, { connections: 4 })
const dayMs = 24 * 60 * 60 * 1000

const makeDemo = async (person: Person) =>
  (await person.post<Company>('/companies', { name: word('Demo'), template: 'demo' }).expect(201)).body

const inDays = ({ demoExpiresAt }: Company) => (Date.parse(String(demoExpiresAt)) - Date.now()) / dayMs

t.test('a demo is full of examples, its people made up, and goes after some days', async t => {
  const ada = await api.person('Ada')
  const demo = await makeDemo(ada)
  t.ok(Math.abs(inDays(demo) - limits.days.demo) < 0.1)
  t.same((await ada.get('/company').expect(200)).body, demo)

  const members = await everyPage<Member>(ada, '/members')
  t.equal(members[0]?.name, 'Ada')
  t.strictSame(members.filter(({ active }) => !active).length, 1, 'one has left')
  t.ok(members.length > 3)
  t.ok((await everyPage<Spinner>(ada, '/spinners')).length > 2)
  const { body } = await ada.get<{ spins: number; members: number }>('/statistics/summary').expect(200)
  t.ok(body.spins > 50)
  const logins = await api.sql('select user_id from memberships where company_id = $1', [demo.id])
  t.strictSame(logins, [{ user_id: ada.id }], 'nobody but its founder can enter')
})

t.test('a person has one demo at a time, also when asked for twice at once', async t => {
  const ada = await api.person()
  const answers = await Promise.all(
    ['One', 'Two', 'Three'].map(name => ada.post('/companies', { name, template: 'demo' })),
  )
  t.strictSame(answers.map(({ code }) => code ?? 'made').sort(), ['demo_exists', 'demo_exists', 'made'])
  await ada.post('/companies', { name: 'Another', template: 'blank' }).expect(201)
  const { body } = await ada.get<{ items: unknown[] }>('/companies')
  t.equal(body.items.length, 2, 'what was refused left nothing')
})

t.test('a demo that is reset begins anew, its people and looks stay', async t => {
  const ada = await api.person()
  const demo = await makeDemo(ada)
  const mine = await addSpinner(ada)
  const gone = await addSpin(ada, mine)
  await ada.patch('/company', { branding: { colour: '#123456' } }).expect(200)
  const before = await everyPage<Member>(ada, '/members')
  await api.sql("update companies set demo_expires_at = now() + interval '1 hour' where id = $1", [demo.id])

  const { body, headers } = await ada.put<Company>('/company/demo', undefined).expect(200)
  t.ok(Math.abs(inDays(body) - limits.days.demo) < 0.1, 'its days begin again')
  t.match(body, { id: demo.id, name: demo.name, branding: { colour: '#123456' }, version: demo.version + 2 })
  t.equal(headers.etag, `"${body.version}"`)
  await ada.get(`/spinners/${mine.id}`).expect('not_found')
  await ada.get(`/spins/${gone.id}`).expect('not_found')
  t.ok((await everyPage<Spinner>(ada, '/spinners')).length > 2)
  t.same(await everyPage(ada, '/members'), before, 'nobody is there twice')
})

t.test('a spin that is being recorded while the demo is reset goes with the rest', async t => {
  const ada = await api.person()
  const demo = await makeDemo(ada)
  const [spinner] = await everyPage<Spinner>(ada, '/spinners')
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [demo.id])
  const recording = await holding(api)
  await recording.query(
    `insert into "${row?.tenant}".spins (id, spinner_id, member_id, started_at, duration_ms)
     values (gen_random_uuid(), $1, $2, now(), 1)`,
    [spinner?.id, demo.memberId],
  )
  const reset = ada.put('/company/demo', undefined)
  await recording.until(reset)
  await recording.commit()
  await reset.expect(200)
  await ada.get(`/spinners/${spinner?.id}`).expect('not_found')
  t.equal((await everyPage<Spinner>(ada, '/spinners')).length, 4)
})

t.test('resets at once leave one set of examples', async t => {
  const ada = await api.person()
  await makeDemo(ada)
  const answers = await Promise.all(Array.from({ length: 3 }, () => ada.put('/company/demo', undefined)))
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 200, 200],
  )
  t.equal((await everyPage<Spinner>(ada, '/spinners')).length, 4)
})

t.test('a demo that is kept is an ordinary company, and its founder may have another', async t => {
  const ada = await api.person()
  const demo = await makeDemo(ada)
  await ada.delete('/company/demo').expect(204)
  const { body } = await ada.get<Company>('/company').expect(200)
  t.match(body, { id: demo.id, demoExpiresAt: null, version: demo.version + 1 })
  t.ok((await everyPage<Spinner>(ada, '/spinners')).length > 2, 'with all that was in it')
  await ada.delete('/company/demo').expect('not_a_demo')
  await ada.put('/company/demo', undefined).expect('not_a_demo')
  t.ok((await everyPage<Spinner>(ada, '/spinners')).length > 2)
  t.not((await makeDemo(ada)).id, demo.id)
})

t.test('an ordinary company is not emptied by a reset', async t => {
  const ada = await api.founder()
  const { id } = await addSpinner(ada)
  await ada.put('/company/demo', undefined).expect('not_a_demo')
  await ada.get(`/spinners/${id}`).expect(200)
  t.equal(ada.company.demoExpiresAt, null)
})
