// tsx examples/notes/main.ts: DATABASE_OWNER, DATABASE_APP and DATABASE_SUPERUSER are addresses of one database, for the
// logins notes_owner (CREATEROLE, owner of the database), notes_app (NOINHERIT) and a superuser.
import { createPool } from '@spintrack/tenancy/pool'
import { createApp, deploy } from './app.ts'

const pool = (name: string) => createPool({ connectionString: process.env[name] ?? '' })

const [owner, superuser] = [pool('DATABASE_OWNER'), pool('DATABASE_SUPERUSER')]
await deploy(owner, superuser)
await Promise.all([owner.end(), superuser.end()])
await createApp(pool('DATABASE_APP')).listen({ host: '127.0.0.1', port: 3001 })
process.stdout.write('The notes app listens on http://127.0.0.1:3001\n')
