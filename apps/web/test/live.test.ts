import type { Page } from 'playwright-core'
import t from 'tap'
import { openBrowser, openContext, withoutEvents } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn, openTab, rowNames } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const bob = await product.person('Bob Miller')
const acme = await found(ada, 'Acme', 'Blue Whirl')
await product.join(acme, bob, 'member')

t.test('what a colleague does shows on every page without a click', async t => {
  const context = await openContext(t, browser)
  const dashboard = await context.newPage()
  await logIn(dashboard, product, ada)
  await dashboard.goto(`${product.url}/c/acme`)
  await dashboard.getByRole('heading', { name: 'Latest spins' }).waitFor()
  const spinners = await openTab(context, product, '/c/acme/spinners')
  const spins = await openTab(context, product, '/c/acme/spins')
  await followed(dashboard, spinners, spins)

  await addSpinner('Silent Star')
  await shown(spinners, page => page.getByRole('link', { name: 'Silent Star' }))
  await spin(12_345)
  for (const page of [spins, dashboard]) await shown(page, at => at.getByRole('cell', { name: /12\.3/ }).first())

  const list = await bob.client.GET('/api/v1/spinners', { headers: acme.headers })
  const star = list.data?.items.find(({ name }) => name === 'Silent Star')
  await bob.client.DELETE('/api/v1/spinners/{id}', { headers: acme.headers, params: { path: { id: star?.id ?? '' } } })
  await spinners.getByRole('link', { name: 'Silent Star' }).waitFor({ state: 'detached' })
  t.same(await rowNames(spinners), ['Blue Whirl'])
})

t.test('a tab that is hidden follows nothing, and has missed nothing when it is seen again', async t => {
  const context = await openContext(t, browser)
  const page = await context.newPage()
  await logIn(page, product, ada)
  const asked = page.waitForRequest('**/api/v1/events')
  await page.goto(`${product.url}/c/acme/spinners`)
  const stream = await asked
  await page.getByRole('link', { name: 'Blue Whirl' }).waitFor()
  await stream.response()
  const closed = page.waitForEvent('requestfailed', request => request.url() === stream.url())
  await setVisibility(page, 'hidden')
  await closed
  await addSpinner('While Hidden')
  t.equal(await page.getByRole('link', { name: 'While Hidden' }).count(), 0)
  const again = page.waitForRequest('**/api/v1/events')
  await setVisibility(page, 'visible')
  t.ok((await again).headers()['last-event-id'])
  await page.getByRole('link', { name: 'While Hidden' }).waitFor()
})

t.test('a page that can have no events works as without, and says nothing of it', async t => {
  const context = await openContext(t, browser)
  await withoutEvents(context)
  const page = await context.newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/spinners`)
  await page.getByRole('link', { name: 'Blue Whirl' }).waitFor()
  await page.waitForLoadState('networkidle')
  t.equal(await page.getByRole('alert').count(), 0)
  await page.getByRole('button', { name: 'Add spinner' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('By Hand')
  await page.getByRole('textbox', { name: 'Serial number' }).fill('SN-BY-HAND')
  await page.getByRole('dialog').getByRole('button', { name: 'Add spinner' }).click()
  await page.getByRole('link', { name: 'By Hand' }).waitFor()
})

async function addSpinner(name: string) {
  const body = { name, serialNumber: `SN-${name}` }
  t.ok((await bob.client.POST('/api/v1/spinners', { headers: acme.headers, body })).data)
}

async function spin(durationMs: number) {
  const body = { spinnerId: acme.spinner.id, durationMs }
  t.ok((await bob.client.POST('/api/v1/spins', { headers: acme.headers, body })).data)
}

/** Until the stream of each page is open. */
async function followed(...pages: Page[]) {
  for (const page of pages) {
    const response = page.waitForResponse('**/api/v1/events')
    await page.reload()
    await response
  }
}

async function shown(page: Page, what: (page: Page) => ReturnType<Page['getByRole']>) {
  await what(page).waitFor()
}

async function setVisibility(page: Page, state: 'visible' | 'hidden') {
  await page.evaluate(to => {
    Object.defineProperty(document, 'visibilityState', { value: to, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, state)
}
