import type { Company } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import type { Member } from '@spintrack/contract/members'
import type { Spinner } from '@spintrack/contract/spinners'
import type { Spin } from '@spintrack/contract/spins'
import type { Template } from '@spintrack/contract/templates'
import t from 'tap'
import { addSpin, addSpinner, type Founder, type Person, startApi, word } from './support/api.ts'
import { holding } from './support/holding.ts'
import { everyPage } from './support/pages.ts'

const api = await startApi(t, { connections: 4 })

const makeTemplate = async (person: Person, contents = 'everything', name = word('Template')) =>
  (await person.post<Template>('/templates', { name, contents }).expect(201)).body

const begin = async (person: Person, template: string) => {
  const { body } = await person.post<Company>('/companies', { name: word('New'), template }).expect(201)
  return { ...person, ...person.tab({ 'x-company': body.id }), company: body }
}

/** A company with two people, of whom one has left, two spinners, one kept by the founder and retired, and spins of both. */
async function livedIn(): Promise<Founder & { spinners: Spinner[] }> {
  const ada = await api.founder('Ada')
  const ben = await api.person('Ben')
  const memberId = await api.join(ada.company, ben, 'member')
  const spinners = [
    await addSpinner(ada, { model: 'Tri-Bar', colour: '#2f6fed', memberId: ada.company.memberId }),
    await addSpinner(ada),
  ]
  const [first] = spinners as [Spinner]
  await addSpin(ada, first, { note: 'mine', startedAt: '2026-01-01T00:00:00.000Z' })
  await addSpin(ada, first, { memberId, durationMs: 2000 })
  await ada.patch(`/spinners/${first.id}`, { status: 'retired' }).expect(200)
  await api.leave(ada.company, ben)
  return Object.assign(ada, { spinners })
}

const told = ({ serialNumber, name, model, colour, status }: Spinner) => [serialNumber, name, model, colour, status]

t.test('a template of everything brings spinners, spins and the names of who spun', async t => {
  const ada = await livedIn()
  const template = await makeTemplate(ada)
  t.match(template, { contents: 'everything', companyId: ada.company.id, createdAt: /^20/ })

  const cleo = await begin(ada, template.id)
  const spinners = await everyPage<Spinner>(cleo, '/spinners')
  const source = await everyPage<Spinner>(ada.tab({ 'x-company': ada.company.id }), '/spinners')
  t.strictSame(spinners.map(told), source.map(told))
  t.ok(
    spinners.every(({ memberId }) => memberId === null),
    'nobody keeps them yet',
  )
  const members = await everyPage<Member>(cleo, '/members')
  t.strictSame(members.map(({ name, active }) => `${name} ${active}`).sort(), ['Ada false', 'Ada true', 'Ben false'])
  t.equal(members.find(({ active }) => active)?.id, cleo.company.memberId)
  const spins = await everyPage<Spin>(cleo, '/spins')
  t.strictSame(spins.map(({ durationMs, note }) => [durationMs, note]).sort(), [
    [1000, 'mine'],
    [2000, null],
  ])
  t.ok(spins.some(({ startedAt }) => startedAt === '2026-01-01T00:00:00.000Z'))
  const ids = new Set([...spinners, ...spins, ...members].map(({ id }) => id))
  for (const { id } of source) t.notOk(ids.has(id), 'rows have ids of their own')
})

t.test('a template of spinners brings them alone', async () => {
  const ada = await livedIn()
  const cleo = await begin(ada, (await makeTemplate(ada, 'spinners')).id)
  t.equal((await everyPage(cleo, '/spinners')).length, 2)
  t.strictSame(await everyPage(cleo, '/spins'), [])
  t.equal((await everyPage(cleo, '/members')).length, 1)
})

t.test('a template is what the company was, and stays so', async t => {
  const ada = await api.founder()
  const home = ada.tab({ 'x-company': ada.company.id })
  const empty = await makeTemplate(ada)
  const spinner = await addSpinner(home, { name: 'Before' })
  const template = await makeTemplate(ada)
  await home.patch(`/spinners/${spinner.id}`, { name: 'After' }).expect(200)
  const first = await begin(ada, template.id)
  await first.patch(`/spinners/${(await everyPage<Spinner>(first, '/spinners'))[0]?.id}`, { name: 'Other' }).expect(200)
  const second = await begin(ada, template.id)
  t.match(await everyPage(second, '/spinners'), [{ name: 'Before' }])
  t.strictSame(await everyPage(await begin(ada, empty.id), '/spinners'), [])
})

t.test('the way back is kept: each row says which row it came from', async t => {
  const ada = await livedIn()
  const template = await makeTemplate(ada)
  const { company } = await begin(ada, template.id)
  const [homes] = await api.sql<{ here: string; made: string }>(
    'select c.tenant as here, t.tenant as made from companies c, templates t where c.id = $1 and t.id = $2',
    [company.id, template.id],
  )
  const trail = await api.sql<{ source: string }>(
    `select first.source_id as source from "${homes?.here}".origins last
     join "${homes?.made}".origins first on first.id = last.source_id
     where last.kind = 'spinner' and last.company_id = $1 and first.company_id = $1 order by 1`,
    [ada.company.id],
  )
  t.strictSame(
    trail.map(({ source }) => source),
    ada.spinners.map(({ id }) => id).sort(),
  )
})

t.test('templates are listed newest first, for those who administer their company and nobody else', async t => {
  const ada = await api.founder()
  const made: string[] = []
  for (let index = 0; index < 3; index++) made.unshift((await makeTemplate(ada, 'spinners')).id)
  const [admin, member, stranger] = [await api.person(), await api.person(), await api.founder()]
  await api.join(ada.company, admin, 'admin')
  await api.join(ada.company, member, 'member')
  const listed = async (who: Person, path = '/templates') => (await everyPage<Template>(who, path)).map(({ id }) => id)
  t.strictSame(await listed(ada), made)
  t.strictSame(await listed(admin, '/templates?limit=1'), made)
  t.strictSame(await listed(member), [])
  t.strictSame(await listed(stranger), [])

  for (const who of [member, stranger]) {
    await who.delete(`/templates/${made[0]}`).expect('not_found')
    const { errors } = await who.post('/companies', { name: 'Theirs', template: made[0] }).expect('not_found')
    t.equal(errors[0]?.path, '/body/template')
  }
  await api.sql("update tenants set state = 'suspended' where name = (select tenant from companies where id = $1)", [
    ada.company.id,
  ])
  t.strictSame(await listed(ada), [], 'a company that is closed gives none away')
  await ada.post('/companies', { name: 'Around', template: made[0] }).expect('not_found')
})

t.test('a template that was deleted is gone, and its tenant waits for the purge', async t => {
  const ada = await api.founder()
  const { id } = await makeTemplate(ada)
  const [row] = await api.sql<{ tenant: string }>('select tenant from templates where id = $1', [id])
  const state = async () => (await api.sql('select state from tenants where name = $1', [row?.tenant]))[0]?.state
  t.equal(await state(), 'template')
  await ada.delete(`/templates/${id}`).expect(204)
  t.equal(await state(), 'purging')
  await ada.delete(`/templates/${id}`).expect('not_found')
  await ada.post('/companies', { name: 'Late', template: id }).expect('not_found')
})

t.test('a template that this build cannot read is upgrading', async t => {
  const ada = await api.founder()
  const { id } = await makeTemplate(ada)
  await api.sql('update tenants set version = 99 where name = (select tenant from templates where id = $1)', [id])
  const { headers } = await ada.post('/companies', { name: 'Early', template: id }).expect('tenant_upgrading')
  t.ok(headers['retry-after'])
})

t.test('a company has so many templates, of so much, and what is refused takes no tenant', async t => {
  const ada = await api.founder()
  const [{ tenant } = {}] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [
    ada.company.id,
  ])
  const fill = (count: number) =>
    api.sql(
      `insert into "${tenant}".spinners (id, serial_number, name)
       select gen_random_uuid(), 'S' || n, 'Spinner' from generate_series(1, $1::int) n`,
      [count],
    )
  await fill(limits.copy.spinners)
  await makeTemplate(ada)
  await addSpinner(ada)
  await ada.post('/templates', { name: 'Large', contents: 'spinners' }).expect('copy_too_large')
  t.equal((await everyPage(ada, '/templates')).length, 1)

  await api.sql(`delete from "${tenant}".spinners`)
  for (let made = 1; made < limits.templatesPerCompany - 1; made++) await makeTemplate(ada)
  // The last place is being taken while somebody asks for it.
  const last = await holding(api)
  await last.query('select from companies where id = $1 for no key update', [ada.company.id])
  await last.query(
    `insert into templates (id, tenant, company_id, name, contents)
     select gen_random_uuid(), name, $1, 'Last', 'spinners' from tenants where name not in (select tenant from templates) limit 1`,
    [ada.company.id],
  )
  const late = ada.post('/templates', { name: 'One more', contents: 'spinners' })
  await last.until(late)
  await last.commit()
  await late.expect('too_many_templates')
  const [{ count } = {}] = await api.sql(
    "select count(*)::int as count from tenants where state = 'template' and name not in (select tenant from templates)",
  )
  t.equal(count, 0)
})
