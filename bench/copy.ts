import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { quoteTenantName } from '@spintrack/tenancy/names'
import type { Pool } from '@spintrack/tenancy/pool'
import { from, to } from 'pg-copy-streams'

/** Plain COPY of a tenant's spins into a file. `owner` must not send ahead. */
export async function copyOut(owner: Pool, tenant: string, path: string): Promise<void> {
  const client = await owner.connect()
  try {
    const rows = client.query(to(`copy ${quoteTenantName(tenant)}.spins to stdout`))
    await pipeline(rows, createWriteStream(path, { flush: true }))
  } finally {
    client.release()
  }
}

/** Plain COPY of that file into tables with the same constraints and indexes, with the rows that the spins refer to. */
export async function copyIn(owner: Pool, tenants: { from: string; to: string }, path: string): Promise<void> {
  const [source, target] = [quoteTenantName(tenants.from), quoteTenantName(tenants.to)]
  const client = await owner.connect()
  try {
    await client.query('begin')
    for (const table of ['members', 'spinners'])
      await client.query(`insert into ${target}.${table} select * from ${source}.${table}`)
    await pipeline(createReadStream(path), client.query(from(`copy ${target}.spins from stdin`)))
    await client.query('commit')
  } finally {
    client.release()
  }
}
