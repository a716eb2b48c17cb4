import type { Company, Deletion } from '@spintrack/contract/companies'
import { limits } from '@spintrack/contract/limits'
import type { Session } from '@spintrack/contract/session'
import t from 'tap'
import { addSpinner, startApi } from './support/api.ts'
import { registeredRoutes } from './support/routes.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t)

const remove = (who: Visitor, confirm: string) => who.send<Deletion>('DELETE', '/company', { body: { confirm } })

t.test('a company that is to be deleted closes at once, says until when, and can be had back', async t => {
  const ada = await api.founder()
  const ben = await api.person()
  await api.join(ada.company, ben, 'admin')
  const spinner = await addSpinner(ada)
  const { headers } = await ada.get('/company')
  const { body } = await remove(ada, ada.company.slug).expect(202)
  const days = (Date.parse(body.deleteAfter) - Date.now()) / 86_400_000
  t.ok(Math.abs(days - limits.days.deletionGrace) < 0.1)

  await ada.get('/spinners').expect('company_archived')
  t.match((await ada.post('/spinners', {}).expect('company_archived')).text, body.deleteAfter, 'until when')
  await remove(ada, ada.company.slug).expect('company_archived')
  const seen = await ben.get<Company>('/company', { 'x-company': ada.company.slug }).expect(200)
  t.match(seen.body, { state: 'archived', deleteAfter: body.deleteAfter, role: 'admin' })
  await ada.get('/company', { 'if-none-match': String(headers.etag) }).expect(200)
  t.match((await ben.get<Session>('/session')).body.companies, [{ id: ada.company.id, state: 'archived' }])
  const chosen = await ben.put<Session>('/session/company', { companyId: ada.company.id }).expect(200)
  t.equal(chosen.body.company?.id, ada.company.id)

  await ben.delete('/company/deletion').expect('forbidden')
  await ada.delete('/company/deletion').expect(204)
  await ada.get(`/spinners/${spinner.id}`).expect(200)
  t.match((await ada.get('/company')).body, { state: 'ready', deleteAfter: null })
  await ada.delete('/company/deletion').expect('deletion_not_requested')
})

t.test('the address has to be typed, and it is the owner’s to do', async t => {
  const ada = await api.founder()
  const ben = await api.person()
  await api.join(ada.company, ben, 'admin')
  await remove(ada, ada.company.name).expect('confirmation_mismatch')
  await remove(ben.tab({ 'x-company': ada.company.id }), ada.company.slug).expect('forbidden')
  await remove(await api.founder(), ada.company.slug).expect('confirmation_mismatch')
  t.match((await ada.get('/company')).body, { state: 'ready', deleteAfter: null })
})

t.test('every route but those that name it is closed by each state', async t => {
  const ada = await api.founder()
  const routes = (await registeredRoutes()).filter(({ permission }) => permission)
  const open: Record<string, string[]> = {}
  const codes = { archived: 'company_archived', suspended: 'company_suspended', purging: 'company_not_found' }
  for (const [state, expected] of Object.entries(codes)) {
    await api.sql('update tenants set state = $1 where name = (select tenant from companies where id = $2)', [
      state,
      ada.company.id,
    ])
    open[state] = []
    for (const { name, method, url } of routes.filter(route => route.method !== 'HEAD')) {
      const { code } = await ada.send(method, url.replace(/:(id|token)/, ada.company.id), { body: {} })
      if (code !== expected) open[state].push(name)
    }
  }
  t.strictSame(open, {
    archived: ['GET /api/v1/company', 'DELETE /api/v1/company/deletion'],
    suspended: [],
    purging: [],
  })
  await ada.put('/session/company', { companyId: ada.company.id }).expect('company_not_found')
  await ada.delete('/session').expect(204)
})
