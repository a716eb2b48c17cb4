import type { BrowserContext, Page } from 'playwright-core'
import type { Person, Product } from './product.ts'

/** What people do again and again. */

export async function logIn(page: Page, product: Product, person: Person) {
  await page.goto(`${product.url}/login`)
  await fillLogIn(page, person)
  await page.waitForURL(url => url.pathname !== '/login')
}

export async function fillLogIn(page: Page, { email, password }: Pick<Person, 'email' | 'password'>) {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** Opens a company's page in a tab of its own. */
export async function openTab(context: BrowserContext, product: Product, path: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(product.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

/** A company of the person's with one spinner in it, made through the API. */
export async function found(person: Person, name: string, spinner = `${name} One`) {
  const { data: company } = await person.client.POST('/api/v1/companies', { body: { name } })
  if (!company) throw new Error(`could not create ${name}`)
  const headers = { 'X-Company': company.slug }
  const { data } = await person.client.POST('/api/v1/spinners', {
    headers,
    body: { name: spinner, serialNumber: `SN-${spinner}`, colour: '#2864c7' },
  })
  if (!data) throw new Error(`could not add ${spinner}`)
  return { ...company, spinner: data, headers }
}

/** The names in the first column of the table shown. */
export function rowNames(page: Page): Promise<string[]> {
  return page.locator('tbody th[scope=row] a').allTextContents()
}
