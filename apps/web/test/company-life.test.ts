import { readFile } from 'node:fs/promises'
import t from 'tap'
import { failOnViolations, openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn, openTab, rowNames } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme')

t.test('a company gets another name, address and look, and the tabs it is open in follow', async t => {
  const nova = await found(ada, 'Nova')
  const context = await openContext(t, browser)
  const page = await context.newPage()
  failOnViolations(t, page)
  await logIn(page, product, ada)
  const other = await openTab(context, product, '/c/nova/spins?range=7')
  await page.goto(`${product.url}/c/nova`)
  await page.getByRole('link', { name: 'Settings' }).click()
  const general = page.getByRole('region', { name: 'General' })
  await general.getByLabel('Company name').fill('Supernova')
  await general.getByLabel('Address').fill('super-nova')
  await ada.client.PATCH('/api/v1/company', { headers: nova.headers, body: { name: 'By Grace' } })
  await general.getByRole('button', { name: 'Save changes' }).click()
  t.match(await general.getByRole('alert').textContent(), /Somebody.*save again/, 'a change meanwhile is said')
  await general.getByRole('button', { name: 'Save changes' }).click()
  await page.waitForURL('**/c/super-nova/settings')
  await page.getByRole('button', { name: 'Supernova. Switch company' }).waitFor()

  const look = page.getByRole('region', { name: 'Look' })
  await look.getByLabel('Teal').check()
  await look.getByRole('button', { name: 'Save changes' }).click()
  await page.locator('.shell-head[style*="#0b7285"]').waitFor()
  await page.setInputFiles('input[type=file]', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
  t.match(await look.getByRole('alert').textContent(), /notes.txt is no PNG/)
  await page.setInputFiles('input[type=file]', { name: 'dot.png', mimeType: 'image/png', buffer: dot })
  await look.getByRole('button', { name: 'Replace' }).waitFor()
  await page.locator('.switcher canvas[height="28"]').waitFor()

  await other.getByRole('link', { name: 'Spinners' }).click()
  await other.waitForURL('**/c/super-nova/spinners')
  await other.getByRole('link', { name: 'Nova One' }).waitFor()
})

t.test('a company is deleted by typing its address, says so to all in it, and comes back', async t => {
  const gone = await found(ada, 'Gone')
  const grace = await product.person('Grace Hopper')
  await product.join(gone, grace, 'member')
  const page = await (await openContext(t, browser)).newPage()
  const hers = await (await openContext(t, browser)).newPage()
  await logIn(hers, product, grace)
  await hers.waitForURL('**/c/gone')
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/gone/settings`)
  await page.getByRole('button', { name: 'Delete company…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Gone?' })
  await dialog.getByLabel('Type gone to confirm').fill('going')
  await dialog.getByRole('button', { name: 'Delete company' }).click()
  await dialog.getByText('Type the company’s address exactly: gone').waitFor()
  await dialog.getByLabel('Type gone to confirm').fill('gone')
  await dialog.getByRole('button', { name: 'Delete company' }).click()
  await page.getByRole('heading', { name: 'Gone is closed' }).waitFor()
  await page.getByText(/It will be deleted on \d+ \w+/).waitFor()
  await page.getByRole('link', { name: 'Acme' }).waitFor()

  // Her page hears of it, and asks nothing of her.
  await hers.getByRole('heading', { name: 'Gone is closed' }).waitFor()
  await hers.getByText('an owner can undo that').waitFor()
  t.equal(await hers.getByRole('button', { name: 'Undo the deletion' }).count(), 0)

  await page.getByRole('button', { name: 'Undo the deletion' }).click()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
})

t.test('one click after sign-up leads into a demo, which can be kept', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, await product.person('Mary Somerville'))
  await page.getByRole('heading', { name: 'Name your company' }).waitFor()
  await page.getByRole('button', { name: 'Look around a demo company' }).click()
  await page.getByText(/This is a demo. It goes on/).waitFor()
  await page.getByRole('link', { name: 'Copperhead' }).first().waitFor()
  await page.getByRole('button', { name: 'Start over' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click()
  await page.getByText('The demo starts over.').waitFor()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByText('Demo company is yours to keep.').waitFor()
  await page.getByText(/This is a demo/).waitFor({ state: 'detached' })
})

t.test('a new company begins from a template', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/settings`)
  await page.getByRole('button', { name: 'Make a template' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Workshop')
  await dialog.getByRole('button', { name: 'Make a template' }).click()
  await page.getByText(/Spinners only, made on/).waitFor()

  await page.goto(`${product.url}/companies/new`)
  await page.getByLabel('Company name').fill('Second Workshop')
  await page.getByRole('combobox', { name: 'Begin with' }).click()
  await page.getByRole('option', { name: 'Template: Workshop' }).click()
  await page.getByRole('button', { name: 'Create company' }).click()
  await page.waitForURL('**/c/second-workshop')
  await page.getByRole('button', { name: 'Start timing Acme One' }).waitFor()
})

t.test('spinners are copied to another company; what is in the way is named and can be left out', async t => {
  const target = await found(ada, 'Target', 'Taken')
  for (const [name, serialNumber] of [
    ['Other', 'SN-Taken'],
    ['Third', 'SN-3'],
  ] as const) {
    await ada.client.POST('/api/v1/spinners', { headers: acme.headers, body: { name, serialNumber } })
  }
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/spinners`)
  await page.getByLabel('Choose Third').focus()
  await page.keyboard.press('Space')
  await page.getByLabel('Choose Other').check()
  await page.getByRole('button', { name: 'Copy to another company…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copy 2 spinners' })
  await dialog.getByRole('combobox', { name: 'To' }).click()
  await page.getByRole('option', { name: 'Target' }).click()
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await dialog.getByText('Other SN-Taken is already used').waitFor()
  await dialog.getByRole('button', { name: 'Leave it out' }).click()
  await page.getByRole('dialog', { name: 'Copy 1 spinner' }).getByRole('button', { name: 'Copy', exact: true }).click()
  await page.getByText('Added to Target: 1 spinner and 0 spins.').waitFor()

  await page.goto(`${product.url}/c/${target.slug}/spinners`)
  await page.getByRole('link', { name: 'Third' }).waitFor()
  t.same((await rowNames(page)).sort(), ['Taken', 'Third'])
})

t.test('an export is asked for, waited for and downloaded', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/settings`)
  await page.getByRole('region', { name: 'Export' }).getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByText('Waiting to begin').waitFor()
  await product.finishExports(acme, Buffer.from('all of Acme'))
  // Another company is the session's meanwhile: the link must still lead to this one.
  const { data: session } = await ada.client.GET('/api/v1/session')
  t.not(session?.company?.id, acme.id)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download the export of' }).click()
  const download = await downloading
  t.match(download.suggestedFilename(), /^acme-\d{4}-\d\d-\d\d\.zip$/)
  t.equal(await readFile(await download.path(), 'utf8'), 'all of Acme')
})

/** The smallest PNG there is. */
const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
