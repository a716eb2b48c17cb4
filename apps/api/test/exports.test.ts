import type { Export } from '@spintrack/contract/exports'
import t from 'tap'
import { startApi } from './support/api.ts'
import { everyPage } from './support/pages.ts'
import { doneExport } from './support/target.ts'

const api = await startApi(t)

t.test('an archive is asked for, watched, listed and deleted', async t => {
  const ada = await api.founder()
  const asked = await ada.post<Export>('/exports', undefined).expect(201)
  t.match(asked.body, { state: 'waiting', memberId: ada.company.memberId, sizeBytes: null, expiresAt: null })
  t.equal(asked.headers.location, `/api/v1/exports/${asked.body.id}`)
  t.same((await ada.get(`/exports/${asked.body.id}`).expect(200)).body, asked.body)
  await ada.get(`/exports/${asked.body.id}/archive`).expect('export_not_ready')
  const second = (await ada.post<Export>('/exports', undefined).expect(201)).body
  t.strictSame(
    (await everyPage<Export>(ada, '/exports?limit=1')).map(({ id }) => id),
    [second.id, asked.body.id],
  )
  await ada.delete(`/exports/${asked.body.id}`).expect(204)
  await ada.delete(`/exports/${asked.body.id}`).expect('not_found')
  await ada.get(`/exports/${asked.body.id}`).expect('not_found')
  await ada.get(`/exports/${asked.body.id}/archive`).expect('not_found')
})

t.test('an archive is downloaded piece by piece, as a file named after the company and the day', async t => {
  const ada = await api.founder()
  const pieces = [Buffer.alloc(300_000, 'a'), Buffer.alloc(200_000, 'b'), Buffer.from('end')]
  const id = await doneExport(api, ada, ...pieces)
  const { headers, bytes } = await ada.get(`/exports/${id}/archive`).expect(200)
  t.ok(bytes.equals(Buffer.concat(pieces)))
  t.match(headers, {
    'content-type': 'application/zip',
    'content-length': '500003',
    'content-disposition': new RegExp(`^attachment; filename="${ada.company.slug}-\\d{4}-\\d\\d-\\d\\d\\.zip"$`),
  })
  t.equal((await ada.get(`/exports/${id}/archive`, { 'if-none-match': String(headers.etag) }).expect(304)).text, '')
  await ada.send('HEAD', `/exports/${id}/archive`).expect(405)
})

t.test('an archive that expired is gone', async () => {
  const ada = await api.founder()
  const id = await doneExport(api, ada, Buffer.from('zip'))
  const [row] = await api.sql<{ tenant: string }>('select tenant from companies where id = $1', [ada.company.id])
  await api.sql(`update "${row?.tenant}".exports set expires_at = now() where id = $1`, [id])
  await ada.get(`/exports/${id}/archive`).expect('export_expired')
})
