import t from 'tap'
import { openBrowser, openContext, withoutEvents } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn, openTab, rowNames } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme')
const nova = await found(ada, 'Nova')

t.test('the switcher opens with the keyboard and leads to the other company without a reload', async t => {
  const context = await openContext(t, browser)
  const page = await context.newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/spinners`)
  await page.getByRole('link', { name: 'Acme One' }).waitFor()
  await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }))

  await page.keyboard.press('Alt+C')
  const options = page.getByRole('option')
  await options.first().waitFor()
  t.match(await options.filter({ hasText: 'Nova' }).textContent(), /Owner/, 'says what one may do there')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/c/nova')

  await page.getByRole('link', { name: 'Spinners' }).click()
  await page.getByRole('link', { name: 'Nova One' }).waitFor()
  t.same(await rowNames(page), ['Nova One'], 'no row of the company before')
  t.equal(await page.evaluate(() => 'stillTheSamePage' in window), true)

  await page.goto(product.url)
  await page.waitForURL('**/c/nova')
})

t.test('two tabs on two companies stay apart', async t => {
  const context = await openContext(t, browser)
  const one = await context.newPage()
  await logIn(one, product, ada)
  await one.goto(`${product.url}/c/acme/spinners`)
  const other = await openTab(context, product, '/c/nova/spinners')
  await other.getByRole('link', { name: 'Nova One' }).waitFor()

  await one.reload()
  await one.getByRole('link', { name: 'Acme One' }).waitFor()
  t.same(await rowNames(one), ['Acme One'])
  await other.reload()
  await other.getByRole('link', { name: 'Nova One' }).waitFor()
  t.same(await rowNames(other), ['Nova One'])
})

t.test('a form opened in one company is sent there, though another tab has switched meanwhile', async t => {
  const context = await openContext(t, browser)
  await withoutEvents(context)
  const one = await context.newPage()
  await logIn(one, product, ada)
  await one.goto(`${product.url}/c/acme/spinners`)
  await one.getByRole('button', { name: 'Add spinner' }).click()
  await one.getByRole('textbox', { name: 'Name' }).fill('Half Filled')

  const other = await openTab(context, product, '/c/acme')
  await other.getByRole('button', { name: /Switch company/ }).click()
  await other.getByRole('option', { name: 'Nova' }).click()
  await other.waitForURL('**/c/nova')
  await other.waitForLoadState('networkidle')

  await one.getByRole('textbox', { name: 'Serial number' }).fill('SN-HALF')
  await one.getByRole('dialog').getByRole('button', { name: 'Add spinner' }).click()
  await one.getByRole('link', { name: 'Half Filled' }).waitFor()

  const inAcme = await ada.client.GET('/api/v1/spinners', { headers: acme.headers })
  const inNova = await ada.client.GET('/api/v1/spinners', { headers: nova.headers })
  t.ok(inAcme.data?.items.some(({ name }) => name === 'Half Filled'))
  t.same(
    inNova.data?.items.map(({ name }) => name),
    ['Nova One'],
  )
})

t.test('losing a company while its tab is open is explained, with the other companies beside it', async t => {
  const grace = await product.person('Grace Hopper')
  await found(grace, 'Own Place')
  await product.join(acme, grace, 'member')
  const context = await openContext(t, browser)
  const page = await context.newPage()
  await logIn(page, product, grace)
  await page.goto(`${product.url}/c/acme/spinners`)
  await page.getByRole('link', { name: 'Acme One' }).waitFor()

  // Nothing is clicked: the end of the event stream is noticed.
  await product.leave(acme, grace)
  await page.getByRole('heading', { name: 'You cannot open this company' }).waitFor()
  await page.getByRole('link', { name: 'Own Place' }).click()
  await page.waitForURL('**/c/own-place')
})

t.test('a viewer sees everything and is offered nothing to change', async t => {
  const viewer = await product.person('Only Looking')
  await product.join(acme, viewer, 'viewer')
  const context = await openContext(t, browser)
  const page = await context.newPage()
  await logIn(page, product, viewer)
  await page.waitForURL('**/c/acme')
  await page.getByRole('heading', { name: 'Latest spins' }).waitFor()
  t.equal(await page.locator('.dial').count(), 0)
  await page.getByRole('link', { name: 'Spinners', exact: true }).click()
  await page.getByRole('link', { name: 'Acme One' }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Add spinner' }).count(), 0)
  t.equal(await page.getByRole('button', { name: /Actions for/ }).count(), 0)
})
