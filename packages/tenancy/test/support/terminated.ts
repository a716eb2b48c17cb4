// tsx terminated.ts <app's address> <superuser's address> <real|bare>: loses its backend while the client is checked out,
// with the pool of the product or a bare one, and says so if it is still there afterwards.
import pg from 'pg'
import { createPool } from '../../src/pool.ts'
import { terminate } from './tenants.ts'

const [connectionString = '', superuserUrl = '', kind] = process.argv.slice(2)
const operator = createPool({ connectionString: superuserUrl, max: 1 })
const pool = kind === 'real' ? createPool({ connectionString }) : barePool()
const client = await pool.connect()
await client.query('begin')
const { rows } = await client.query('select pg_backend_pid() as pid')
const lost = new Promise(resolve => client.once('end', resolve))
await terminate(operator, rows[0].pid)
await lost
client.release(true)
await pool.query('select 1')
process.stdout.write('alive')
await Promise.all([pool.end(), operator.end()])

function barePool(): pg.Pool {
  const bare = new pg.Pool({ connectionString })
  bare.on('error', () => {})
  return bare
}
