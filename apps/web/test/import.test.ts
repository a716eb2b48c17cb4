import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { failOnViolations, openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme', 'Blue Whirl')
const spins = async () =>
  (await ada.client.GET('/api/v1/spins', { headers: acme.headers, params: { query: { limit: 100 } } })).data?.items ??
  []

t.test('a file of spins is looked at first, its wrong lines are named, and the good ones are added', async t => {
  const page = await (await openContext(t, browser)).newPage()
  failOnViolations(t, page)
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/spins`)
  await page.getByText('No spins yet').waitFor()
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import a file…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import spins' })
  await dialog.getByText('serialNumber,durationMs').waitFor()
  const choose = (name: string, buffer: Buffer) =>
    dialog.locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer })

  await choose('holiday.png', Buffer.from('x'))
  await dialog.getByRole('alert').getByText('neither a CSV nor an NDJSON file').waitFor()
  await choose('wrong.csv', Buffer.from('start,end\n1,2\n'))
  await dialog.getByRole('alert').getByText('The first line must name each column once').waitFor()

  const rows = ['serialNumber,durationMs,note', 'SN-Blue Whirl,61000,in the lift', 'SN-Red,5,', 'SN-Blue Whirl,never,']
  await choose('spins.csv', Buffer.from(rows.join('\n')))
  await dialog.getByText('1 spin can be added. 2 lines cannot.').waitFor()
  t.notOk(await dialog.getByRole('alert').isVisible(), 'what was wrong with the file before is gone')
  const errors = dialog.getByRole('region', { name: 'What is wrong' }).getByRole('row')
  t.strictSame(await errors.allTextContents(), [
    'LineWhat is wrong',
    '3serialNumber must be that of a spinner of this company',
    '4durationMs must be integer',
  ])
  t.equal((await spins()).length, 0, 'nothing is added yet')

  const good = [...rows.slice(0, 2), 'SN-Blue Whirl,62000,"at the desk, again"'].join('\r\n')
  await choose('spins.csv.gz', gzipSync(good))
  await dialog.getByText('2 spins can be added.').waitFor()
  await dialog.getByRole('button', { name: 'Add 2' }).click()
  await page.getByText('2 spins added.').waitFor()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByText('at the desk, again').waitFor()
  t.strictSame((await spins()).map(({ durationMs }) => durationMs).sort(), [61_000, 62_000])
})

t.test('what a page shows can be taken away as a file, and a file of spinners fits in as it is', async t => {
  const page = await (await openContext(t, browser, { acceptDownloads: true })).newPage()
  failOnViolations(t, page)
  await logIn(page, product, ada)
  const exported = async (path: string, item: string) => {
    await page.goto(product.url + path)
    await page.getByRole('button', { name: 'Import and export' }).click()
    const started = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: item }).click()
    const download = await started
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
  }
  const all = await exported('/c/acme/spins', 'Export as CSV')
  t.match(all.name, /^acme-spins-[\d-]+\.csv$/)
  t.match(all.text, 'at the desk, again')
  t.equal(all.text.trim().split('\n').length, 3)
  const none = await exported('/c/acme/spins?to=2020-01-01', 'Export as NDJSON')
  t.strictSame([none.text, /\.ndjson$/.test(none.name)], ['', true], 'under its filters')

  const { text } = await exported('/c/acme/spinners?q=blue', 'Export as CSV')
  await found(ada, 'Globex')
  await page.goto(`${product.url}/c/globex/spinners`)
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import a file…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import spinners' })
  const path = join(t.testdir(), 'spinners.csv')
  await writeFile(path, text)
  await dialog.locator('input[type=file]').setInputFiles(path)
  await dialog.getByRole('button', { name: 'Add 1' }).click()
  await page.getByText('1 spinner added.').waitFor()
  await page.getByRole('link', { name: 'Blue Whirl' }).waitFor()
})

t.test('a viewer exports and does not import', async t => {
  const bob = await product.person('Bob Miller')
  await product.join(acme, bob, 'viewer')
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, bob)
  await page.goto(`${product.url}/c/acme/spins`)
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Export as CSV' }).waitFor()
  t.equal(await page.getByRole('menuitem', { name: 'Import a file…' }).count(), 0)
})
