import { quoteIdentifier } from '@spintrack/tenancy/names'
import { provision } from '@spintrack/tenancy/provision'
import { inLanes } from './companies.ts'
import { type Installation, settle } from './installation.ts'
import { type Person, signUp } from './person.ts'
import { plainTable } from './read-plain.ts'

const spins = 2_000

/** Somebody with a company of 2,000 spins of one spinner, made through the API, and copied for the plain handlers. */
export async function makeSpins(
  installation: Installation,
  url: string,
): Promise<{ person: Person; spinnerId: string; memberId: string }> {
  await provision(installation.owner, installation.blueprint)
  const person = await signUp(url)
  const company = await person.post<{ id: string; memberId: string }>('/companies', { name: 'Bench' })
  const spinner = await person.post<{ id: string }>('/spinners', { name: 'Spinner', serialNumber: 'S-1' })
  await inLanes(8, spins, index => person.post('/spins', { spinnerId: spinner.id, durationMs: 10_000 + index }))
  await copySpins(installation, company.id)
  return { person, spinnerId: spinner.id, memberId: company.memberId }
}

async function copySpins(installation: Installation, companyId: string): Promise<void> {
  const { owner, appUrl } = installation
  const { rows } = await owner.query<{ tenant: string }>('select tenant from companies where id = $1', [companyId])
  const source = `${quoteIdentifier(rows[0]?.tenant ?? '')}.spins`
  await owner.query(`
    create table ${plainTable} (like ${source} including all);
    insert into ${plainTable} select * from ${source};
    grant select, insert on ${plainTable} to ${quoteIdentifier(new URL(appUrl).username)}`)
  await settle(installation)
}
