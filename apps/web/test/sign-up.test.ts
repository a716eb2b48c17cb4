import t from 'tap'
import { openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { fillLogIn } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)

t.test('a person signs up, names a company and lands in it', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await page.goto(product.url)
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('E-mail address').fill('ada@example.com')
  await page.getByLabel('Password', { exact: true }).fill('nine quiet bearings hum')
  await page.getByRole('button', { name: 'Sign up' }).click()

  await page.getByRole('heading', { name: 'Name your company' }).waitFor()
  await page.getByLabel('Company name').fill('Analytical Engines')
  await page.getByRole('button', { name: 'Create company' }).click()

  await page.waitForURL('**/c/analytical-engines')
  await page.getByRole('heading', { name: 'Add your first spinner' }).waitFor()
  t.equal(await page.title(), 'Dashboard · Analytical Engines · Spintrack')

  await page.getByRole('button', { name: 'Add spinner' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Blue Whirl')
  await page.getByLabel('Serial number').fill('SN-1')
  await page.getByRole('dialog').getByRole('button', { name: 'Add spinner' }).click()
  await page.getByRole('button', { name: 'Start timing Blue Whirl' }).waitFor()
})

t.test('what is wrong with a sign-up is said beside the field, and what was typed stays', async t => {
  await product.person('Taken')
  const page = await (await openContext(t, browser)).newPage()
  await page.goto(`${product.url}/signup`)
  await page.getByRole('button', { name: 'Sign up' }).click()
  t.ok(await page.getByText('Enter your name, as colleagues know you.').isVisible())
  t.equal(
    await page.evaluate(() => document.activeElement?.getAttribute('name')),
    'name',
    'the first wrong field has the focus',
  )

  await page.getByLabel('Your name').fill('Somebody Else')
  await page.getByLabel('E-mail address').fill('taken@example.com')
  await page.getByLabel('Password', { exact: true }).fill('nine quiet bearings hum')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.locator('input[name=email][aria-invalid=true]').waitFor()
  t.equal(await page.getByLabel('E-mail address').inputValue(), 'taken@example.com')
})

t.test('logging in leads on to the page asked for, and only to one of ours', async t => {
  const person = await product.person('Grace Hopper')
  await person.client.POST('/api/v1/companies', { body: { name: 'Nova' } })
  const page = await (await openContext(t, browser)).newPage()
  await page.goto(`${product.url}/c/nova/spins?range=7`)
  await page.waitForURL('**/login?next=**')
  await fillLogIn(page, { ...person, password: 'something else entirely' })
  await page.getByRole('alert').getByText('wrong').waitFor()
  await fillLogIn(page, person)
  await page.waitForURL('**/c/nova/spins?range=7')

  await page.goto(`${product.url}/login?next=//evil.example/`)
  await page.waitForURL('**/c/nova')
  t.equal(new URL(page.url()).origin, product.url)
})
