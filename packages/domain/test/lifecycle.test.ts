import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import { testDatabase } from '@spintrack/database/testing'
import { WrongState } from '@spintrack/tenancy/errors'
import t from 'tap'
import { createCompany } from '../src/companies.ts'
import { newId } from '../src/ids.ts'
import * as lifecycle from '../src/lifecycle.ts'
import { addFounder } from './support/founder.ts'

const { tenancy, owner } = await testDatabase(t)
const founder = await addFounder(tenancy)
const { id, slug } = await createCompany(tenancy, founder, { name: 'Acme' })
const find = () => lifecycle.findCompany(tenancy.control, slug)
const code = (code: string) => ({ name: 'ProblemError', code })

t.test('a company is found by slug and by id', async t => {
  t.match(await find(), { id, slug, state: 'ready', deleteAfter: null })
  t.equal((await lifecycle.findCompany(tenancy.control, id)).slug, slug)
  await t.rejects(lifecycle.findCompany(tenancy.control, 'nobody'), /got "nobody"/)
  await t.rejects(lifecycle.findCompany(tenancy.control, newId()), ProblemError)
})

t.test('an operator suspends, resumes, archives and restores', async t => {
  for (const [change, state] of [
    [lifecycle.suspendCompany, 'suspended'],
    [lifecycle.resumeCompany, 'ready'],
    [lifecycle.archiveCompany, 'archived'],
    [lifecycle.restoreCompany, 'ready'],
  ] as const) {
    await change(tenancy, id)
    t.equal((await find()).state, state)
  }
  await t.rejects(lifecycle.resumeCompany(tenancy, id), WrongState)
  await t.rejects(lifecycle.suspendCompany(tenancy, newId()), code('company_not_found'))
})

t.test('a deletion closes the company, has a date, and can be undone', async t => {
  await t.rejects(lifecycle.requestDeletion(tenancy, id, 'Acme'), code('confirmation_mismatch'))
  t.equal((await find()).state, 'ready')
  await t.rejects(lifecycle.undoDeletion(tenancy, id), code('deletion_not_requested'))

  const { deleteAfter } = await lifecycle.requestDeletion(tenancy, id, slug)
  const days = (Date.parse(deleteAfter) - Date.now()) / 86_400_000
  t.ok(Math.abs(days - limits.days.deletionGrace) < 0.01, deleteAfter)
  t.match(await find(), { state: 'archived', deleteAfter: new Date(deleteAfter) })
  t.strictSame(await lifecycle.requestDeletion(tenancy, id, slug), { deleteAfter }, 'asked again it keeps its date')
  await t.rejects(lifecycle.restoreCompany(tenancy, id), /undelete acme/)

  await lifecycle.undoDeletion(tenancy, id)
  t.match(await find(), { state: 'ready', deleteAfter: null })
})

t.test('deleting and undoing is no way to be resumed', async t => {
  await lifecycle.suspendCompany(tenancy, id)
  await lifecycle.requestDeletion(tenancy, id, slug)
  t.equal((await find()).state, 'suspended')
  await t.rejects(lifecycle.resumeCompany(tenancy, id), lifecycle.DeletionRequested)
  await lifecycle.undoDeletion(tenancy, id)
  t.equal((await find()).state, 'suspended')
  await lifecycle.resumeCompany(tenancy, id)
})

t.test('what is being purged is not found any more', async t => {
  await lifecycle.requestDeletion(tenancy, id, slug)
  const { tenant } = await find()
  await owner.query("update tenants set state = 'purging' where name = $1", [tenant])
  await t.rejects(lifecycle.undoDeletion(tenancy, id), code('company_not_found'))
  await t.rejects(lifecycle.requestDeletion(tenancy, id, slug), code('company_not_found'))
})
