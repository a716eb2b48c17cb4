import { readFileSync } from 'node:fs'
import t from 'tap'
import { failOnViolations, openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'

type Operation = { tags?: string[]; summary: string }
const { paths } = JSON.parse(readFileSync(new URL('../../api/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, Record<string, Operation>>
}
const operations = Object.values(paths).flatMap(Object.values) as Operation[]

const product = await startProduct(t)
const browser = await openBrowser(t)

t.test('the interactive page lists every operation, and tries one as whoever is logged in', async t => {
  const ada = await product.person('Ada')
  const context = await openContext(t, browser)
  const page = await context.newPage()
  failOnViolations(t, page)
  const elsewhere: string[] = []
  page.on('request', request => {
    if (!request.url().startsWith(product.url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
  })
  await context.request.post(`${product.url}/api/v1/session`, { data: { email: ada.email, password: ada.password } })
  await page.goto(`${product.url}/api/docs`)
  const list = page.getByRole('navigation')
  for (const tag of new Set(operations.flatMap(({ tags = [] }) => tags))) {
    const closed = list.getByRole('button', { name: `${tag} Open Group`, exact: true })
    await closed.or(list.getByRole('button', { name: `${tag} Close Group`, exact: true })).waitFor()
    if (await closed.isVisible()) await closed.click()
  }
  const listed = list.getByRole('button').filter({ hasText: 'HTTP Method' })
  const expected = operations.filter(({ tags }) => tags).map(({ summary }) => summary)
  const names = (await listed.allInnerTexts()).map(text => text.split('\n')[0]?.trim())
  t.strictSame(names.sort(), expected.sort())

  await list.getByText('Who is logged in, and their companies', { exact: true }).click()
  await page.getByRole('button', { name: 'Test Request (get /api/v1/session)' }).click()
  const answer = page.waitForResponse(`${product.url}/api/v1/session`)
  await page.getByRole('button', { name: /^Send get request/ }).click()
  t.match(await (await answer).json(), { user: { email: ada.email } })
  t.strictSame(elsewhere, [], 'it asks nobody else')
})
