import type { Page } from 'playwright-core'
import t from 'tap'
import { failOnViolations, openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { fillLogIn, logIn } from './support/steps.ts'

const browser = await openBrowser(t)
const careful = await startProduct(t, { emailVerification: 'required' })
const product = await startProduct(t)

/** Opens the newest mail of that subject on the mail page, in a tab of its own. */
async function openMail(page: Page, url: string, subject: RegExp): Promise<Page> {
  const tab = await page.context().newPage()
  await tab.goto(`${url}/mail`)
  await tab.getByRole('link', { name: subject }).first().click()
  await tab.frameLocator('iframe').locator('p').first().waitFor()
  return tab
}

async function fillSignUp(page: Page, email: string) {
  await page.goto(`${careful.url}/signup`)
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('nine quiet bearings hum')
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor()
}

t.test('a sign-up is confirmed by the code, and goes on where it was', async t => {
  const page = await (await openContext(t, browser)).newPage()
  failOnViolations(t, page)
  await fillSignUp(page, 'ada@example.com')
  const mail = await openMail(page, careful.url, /confirms your address To ada/)
  const code = /(\S{4}-\S{4}) confirms/.exec((await mail.getByRole('heading', { level: 1 }).textContent()) ?? '')?.[1]
  await page.getByLabel('Code').fill('2222-2222')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('alert').getByText('The code is wrong').waitFor()
  await page.getByLabel('Code').fill(String(code))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await page.getByRole('heading', { name: 'Name your company' }).waitFor()
})

t.test('or by the link, in whatever browser', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await fillSignUp(page, 'grace@example.com')
  const mail = await openMail(page, careful.url, /confirms your address To grace/)
  await mail.frameLocator('iframe').getByRole('link', { name: 'Confirm this address' }).click()
  await mail.getByRole('button', { name: 'Confirm' }).click()
  await mail.getByRole('heading', { name: 'The address is confirmed' }).waitFor()
  await mail.getByRole('link', { name: 'Log in' }).click()
  await fillLogIn(mail, { email: 'grace@example.com', password: 'nine quiet bearings hum' })
  await mail.getByRole('heading', { name: 'Name your company' }).waitFor()
  await mail.goBack()
  const again = await openMail(page, careful.url, /confirms your address To grace/)
  await again.frameLocator('iframe').getByRole('link', { name: 'Confirm this address' }).click()
  await again.getByRole('button', { name: 'Confirm' }).click()
  await again.getByRole('heading', { name: 'This link is of no use any more' }).waitFor()
})

t.test('a forgotten password is replaced by mail', async t => {
  const mary = await product.person('Mary Somerville')
  const page = await (await openContext(t, browser)).newPage()
  failOnViolations(t, page)
  await page.goto(`${product.url}/login`)
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor()
  await page.getByLabel('E-mail address').fill(mary.email)
  await page.getByRole('button', { name: 'Send the link' }).click()
  await page.getByText(`We wrote to ${mary.email}`).waitFor()
  const mail = await openMail(page, product.url, /Choose a new password To mary/)
  await mail.frameLocator('iframe').getByRole('link', { name: 'Choose a new password' }).click()
  await mail.getByLabel('New password').fill('short')
  await mail.getByRole('button', { name: 'Set password' }).click()
  await mail.getByText('Use at least 12 characters.').waitFor()
  await mail.getByLabel('New password').fill('thirty quiet bearings')
  await mail.getByRole('button', { name: 'Set password' }).click()
  await mail.getByRole('heading', { name: 'Log in to Spintrack' }).waitFor()
  await fillLogIn(mail, { email: mary.email, password: 'thirty quiet bearings' })
  await mail.getByRole('heading', { name: 'Name your company' }).waitFor()
})

t.test('name, address and password are changed in the account; the password ends the other browser', async t => {
  const annie = await product.person('Annie Easley')
  const page = await (await openContext(t, browser)).newPage()
  failOnViolations(t, page)
  await logIn(page, product, annie)
  const other = await (await openContext(t, browser)).newPage()
  await logIn(other, product, annie)

  await page.getByRole('button', { name: 'Account of Annie Easley' }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  await page.getByLabel('Your name').fill('Annie J. Easley')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await page.getByRole('button', { name: 'Account of Annie J. Easley' }).waitFor()

  const password = page.getByRole('region', { name: 'Password' })
  await password.getByLabel('Current password').fill('something else entirely')
  await password.getByLabel('New password').fill('thirty quiet bearings')
  await password.getByRole('button', { name: 'Change password' }).click()
  await password.getByText('is wrong').waitFor()
  await password.getByLabel('Current password').fill(annie.password)
  await password.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('Password changed. Your other sessions have ended.').waitFor()
  await other.goto(`${product.url}/companies`)
  await other.getByRole('heading', { name: 'Log in to Spintrack' }).waitFor()

  const email = page.getByRole('region', { name: 'E-mail address' })
  await email.getByText('Not verified').waitFor()
  await email.getByRole('button', { name: 'Send a link to verify it' }).click()
  const mail = await openMail(page, product.url, /confirms your address To annie/)
  const code = /(\S{4}-\S{4}) confirms/.exec((await mail.getByRole('heading', { level: 1 }).textContent()) ?? '')?.[1]
  await page.getByLabel('Code').fill(String(code))
  await page.getByRole('button', { name: 'Confirm' }).click()
  await email.getByText('Verified', { exact: true }).waitFor()

  await email.getByRole('button', { name: 'Change address' }).click()
  const form = page.getByRole('dialog', { name: 'Change address' })
  await form.getByLabel('New e-mail address').fill('easley@example.com')
  await form.getByLabel('Current password').fill('thirty quiet bearings')
  await form.getByRole('button', { name: 'Change address' }).click()
  await email.getByText('easley@example.com').waitFor()
  await page.reload()
  await email.getByText('easley@example.com').waitFor()
})

t.test('the account shows where one is logged in, and ends what one does not know', async t => {
  const dorothy = await product.person('Dorothy Vaughan')
  const page = await (await openContext(t, browser)).newPage()
  failOnViolations(t, page)
  await logIn(page, product, dorothy)
  const other = await (
    await openContext(t, browser, { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Firefox/145.0' })
  ).newPage()
  await logIn(other, product, dorothy)
  await page.goto(`${product.url}/account`)
  const sessions = page.getByRole('region', { name: 'Where you are logged in' })
  await sessions.getByText('Firefox on Windows').waitFor()
  await sessions.getByText('This one').waitFor()
  await sessions.getByRole('button', { name: /End the session of Firefox on Windows/ }).click()
  await page.getByText('The session of Firefox on Windows has ended.').waitFor()
  await other.goto(`${product.url}/companies`)
  await other.getByRole('heading', { name: 'Log in to Spintrack' }).waitFor()

  await logIn(other, product, dorothy)
  await page.reload()
  await sessions.getByText('Firefox on Windows').waitFor()
  await sessions.getByRole('button', { name: 'End all others' }).click()
  await sessions.getByText('Firefox on Windows').waitFor({ state: 'detached' })
  await other.goto(`${product.url}/companies`)
  await other.getByRole('heading', { name: 'Log in to Spintrack' }).waitFor()
  await page.goto(`${product.url}/companies`)
  await page.getByRole('heading', { name: 'Your companies' }).waitFor()
})
