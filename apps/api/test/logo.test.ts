import { limits } from '@spintrack/contract/limits'
import t from 'tap'
import { startApi, word } from './support/api.ts'
import { images, jpeg, png, webp } from './support/images.ts'
import type { Visitor } from './support/visitor.ts'

const api = await startApi(t)

const upload = (who: Visitor, body: unknown, type: string) =>
  who.put('/company/logo', body, { 'content-type': type, 'sec-fetch-site': 'same-origin' })

t.test('a logo comes back byte for byte, as what it is, and its people see when it changed', async t => {
  const ada = await api.founder()
  await ada.get('/company/logo').expect('not_found')
  for (const [type, make] of Object.entries(images)) {
    const image = make(word('remark'))
    const before = (await ada.get<{ version: number }>('/company').expect(200)).body
    await upload(ada, image, type).expect(204)
    const { headers, bytes } = await ada.get('/company/logo').expect(200)
    t.ok(bytes.equals(image))
    t.match(headers, {
      'content-type': type,
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
      'content-security-policy': /default-src 'none'/,
      etag: /^"[^"]+"$/,
    })
    const { text } = await ada.get('/company/logo', { 'if-none-match': String(headers.etag) }).expect(304)
    t.equal(text, '')
    await upload(ada, make(), type).expect(204)
    await ada.get('/company/logo', { 'if-none-match': String(headers.etag) }).expect(200)
    t.match((await ada.get('/company')).body, { version: before.version + 2, branding: { logoUpdatedAt: /^20/ } })
  }
  await ada.delete('/company/logo').expect(204)
  await ada.get('/company/logo').expect('not_found')
  t.match((await ada.get('/company')).body, { branding: { logoUpdatedAt: null } })
  const { headers } = await ada.get('/company')
  await ada.delete('/company/logo').expect('not_found')
  t.equal((await ada.get('/company')).headers.etag, headers.etag, 'what was refused changed nothing')
})

const page = '<!doctype html><script>alert(1)</script>'
const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
const cut = (image: Buffer, by: number) => image.subarray(0, image.length - by)

const notImages: [string, Buffer | string][] = [
  ['image/png', page],
  ['image/png', ''],
  ['image/png', jpeg()],
  ['image/jpeg', png()],
  ['image/webp', png()],
  ['image/png', `\x89PNG\r\n\x1a\n${page}`],
  ['image/png', Buffer.concat([png().subarray(0, 8), Buffer.from(page)])],
  ['image/png', Buffer.concat([png(), Buffer.from(page)])],
  ['image/png', Buffer.concat([png(), zip])],
  ['image/png', cut(png(), 1)],
  ['image/png', cut(png(), 13)],
  ['image/png', png().fill(0, 16, 20)],
  ['image/jpeg', Buffer.concat([jpeg(), Buffer.from(page)])],
  ['image/jpeg', Buffer.concat([jpeg(), zip, Buffer.from('ffd9', 'hex')])],
  ['image/jpeg', cut(jpeg(), 2)],
  ['image/jpeg', Buffer.from('ffd8ffd9', 'hex')],
  ['image/jpeg', Buffer.from('ffd8ff', 'hex')],
  ['image/jpeg', Buffer.concat([Buffer.from('ffd8fffe', 'hex'), Buffer.from(page)])],
  ['image/webp', Buffer.concat([webp(), Buffer.from(page)])],
  ['image/webp', cut(webp(), 1)],
  ['image/webp', Buffer.from('RIFF\x1c\0\0\0WEBPfmt aaaaaaaaaaaaaaaaaaaaaaaa', 'latin1')],
  ['image/gif', Buffer.from('47494638396101000100800000ffffff00000021f90401000000002c', 'hex')],
  ['image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`],
  ['text/html', page],
  ['application/json', { logo: png().toString('base64') } as never],
  ['application/octet-stream', png()],
]

t.test('what is no whole image, or another than it says, is refused whatever it begins with', async t => {
  const ada = await api.founder()
  const image = png('the first')
  await upload(ada, image, 'image/png').expect(204)
  for (const [type, body] of notImages) {
    const { status, code, text } = await upload(ada, body, type)
    const what = `${type} ${String(body).slice(0, 40)}`
    t.strictSame([status, code], [415, 'unsupported_media_type'], `${what}: ${text}`)
  }
  t.ok((await ada.get('/company/logo')).bytes.equals(image), 'the logo is still there')
})

t.test('a logo is at most 256 KiB', async t => {
  const ada = await api.founder()
  const room = limits.logoBytes - png().length
  await upload(ada, png('x'.repeat(room)), 'image/png').expect(204)
  await upload(ada, png('x'.repeat(room + 1)), 'image/png').expect('body_too_large')
  t.equal((await ada.get('/company/logo')).bytes.length, limits.logoBytes)
})

t.test('of two uploads at once one stays, whole', async t => {
  const ada = await api.founder()
  const two = [png('one'), webp('two')]
  await Promise.all([upload(ada, two[0], 'image/png').expect(204), upload(ada, two[1], 'image/webp').expect(204)])
  const { bytes, headers } = await ada.get('/company/logo').expect(200)
  t.ok(bytes.equals((headers['content-type'] === 'image/png' ? two[0] : two[1]) as Buffer))
})

t.test('each company has its own logo', async t => {
  const [ada, ben] = [await api.founder(), await api.founder()]
  await upload(ada, png('of Ada'), 'image/png').expect(204)
  await ben.get('/company/logo').expect('not_found')
  await upload(ben, png('of Ben'), 'image/png').expect(204)
  t.match((await ada.get('/company/logo')).text, /of Ada/)
})
