import t from 'tap'
import { openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { fillLogIn, found, logIn, openTab } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme', 'Secret Spinner')

t.test('logging out in one tab empties the other, and Back shows nothing', async t => {
  const context = await openContext(t, browser)
  const one = await context.newPage()
  await logIn(one, product, ada)
  await one.goto(`${product.url}/c/acme/spinners`)
  await one.getByRole('link', { name: 'Secret Spinner' }).click()
  await one.getByRole('heading', { name: 'Secret Spinner' }).waitFor()
  const other = await openTab(context, product, '/c/acme/spinners')
  await other.getByRole('link', { name: 'Secret Spinner' }).click()
  await other.getByRole('heading', { name: 'Secret Spinner' }).waitFor()

  await one.getByRole('button', { name: 'Account of Ada Lovelace' }).click()
  await one.getByRole('menuitem', { name: 'Log out' }).click()
  await one.waitForURL('**/login')
  await other.waitForURL('**/login')
  await other.getByRole('button', { name: 'Log in' }).waitFor()
  t.notMatch(await other.content(), /Secret Spinner/)

  for (const page of [one, other]) {
    await page.goBack()
    await page.getByRole('button', { name: 'Log in' }).waitFor()
    t.notMatch(await page.content(), /Secret Spinner/)
  }
})

t.test('a session that ends while one types keeps the text: log in again in place, and it is sent', async t => {
  const context = await openContext(t, browser)
  const page = await context.newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/spinners`)
  await page.getByRole('button', { name: 'Add spinner' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Typed Before')
  await page.getByRole('textbox', { name: 'Serial number' }).fill('SN-TYPED')

  await product.endSessions()
  await page.getByRole('dialog').getByRole('button', { name: 'Add spinner' }).click()
  const again = page.getByRole('dialog', { name: 'Your session has ended' })
  await again.waitFor()
  t.equal(await page.getByRole('textbox', { name: 'Name', includeHidden: true }).inputValue(), 'Typed Before')

  await again.getByLabel('Password', { exact: true }).fill(ada.password)
  await again.getByRole('button', { name: 'Log in', exact: true }).click()
  await page.getByRole('link', { name: 'Typed Before' }).waitFor()
  t.equal(new URL(page.url()).pathname, '/c/acme/spinners')
})

t.test('another person logging in empties what the first one saw in other tabs', async t => {
  const grace = await product.person('Grace Hopper')
  await found(grace, 'Nova')
  const context = await openContext(t, browser)
  const one = await context.newPage()
  await logIn(one, product, ada)
  await one.goto(`${product.url}/c/acme/spinners`)
  await one.getByRole('link', { name: 'Secret Spinner' }).waitFor()

  await context.clearCookies()
  const other = await openTab(context, product, '/login')
  await fillLogIn(other, grace)
  await other.waitForURL('**/c/nova')
  await one.waitForURL(url => !url.pathname.startsWith(`/c/${acme.slug}`))
  t.notMatch(await one.content(), /Secret Spinner/)
})
