// Makes companies, one after another and several at once, until it is killed. Writes a dot for each.
import { openDatabase } from '@spintrack/database/database'
import { users } from '@spintrack/database/public/users'
import { createCompany } from '@spintrack/domain/companies'
import { newId } from '@spintrack/domain/ids'

const { tenancy } = openDatabase({ appUrl: String(process.argv[2]), max: 4 })

async function found(turn: number): Promise<void> {
  const id = newId()
  await tenancy.control
    .insert(users)
    .values({ id, email: `${id}@example.com`, name: `Founder ${turn}`, passwordHash: '-' })
  await createCompany(tenancy, { id, name: `Founder ${turn}` }, { name: `Company of ${id}` })
  process.stdout.write('.')
}

async function foundForever(): Promise<void> {
  for (let turn = 0; ; turn++) await found(turn)
}

await Promise.all(Array.from({ length: 4 }, foundForever))
