import t from 'tap'
import { failOnViolations, openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)

t.test('kept mail appears by itself, is read in both forms, and its link leads on', async t => {
  const page = await (await openContext(t, browser)).newPage()
  failOnViolations(t, page)
  await page.goto(`${product.url}/mail`)
  await page.getByText('No mail yet').waitFor()
  await product.testMail('ada@example.com')
  await page.getByRole('link', { name: 'Mail from Spintrack arrives To ada@example.com' }).click()
  await page.getByText('As text').click()
  t.match(await page.locator('pre').textContent(), `Open Spintrack:\n${product.url}\n`)
  await page.getByText('As HTML').click()
  const mail = page.frameLocator('iframe')
  await mail.getByText('This is the test').waitFor()
  await page.getByRole('link', { name: 'All mail' }).click()
  await page.getByRole('link', { name: 'Mail from Spintrack arrives' }).click()
  await mail.getByRole('link', { name: 'Open Spintrack' }).click()
  await page.getByRole('heading', { name: 'Know how long every spinner spins.' }).waitFor()
})
