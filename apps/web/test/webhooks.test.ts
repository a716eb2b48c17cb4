import t from 'tap'
import { failOnViolations, openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme', 'Blue Whirl')
const url = 'https://example.com/spins'

t.test('a webhook from its address to its deliveries, through a new secret, and out', async t => {
  const context = await openContext(t, browser)
  const page = await context.newPage()
  failOnViolations(t, page)
  await logIn(page, product, ada)
  await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click()
  await page.getByRole('menuitem', { name: 'Webhooks' }).click()
  await page.getByText('No webhooks yet').waitFor()
  await page.getByRole('button', { name: 'New webhook' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('button', { name: 'New webhook' }).click()
  await form.getByText('Enter an address').waitFor()
  await form.getByLabel('Address').fill('https://127.0.0.1/spins')
  await form.getByRole('button', { name: 'New webhook' }).click()
  await form.getByText('must lead to a public address').waitFor()
  await form.getByLabel('Address').fill(url)
  await form.getByRole('button', { name: 'New webhook' }).click()

  const shown = page.getByRole('dialog', { name: 'Copy the secret now' })
  const first = await shown.locator('pre').textContent()
  t.match(first, /^whsec_/)
  await page.keyboard.press('Escape')
  await shown.getByRole('button', { name: 'Done' }).click()
  await shown.waitFor({ state: 'detached' })
  await page.reload()
  const row = page.getByRole('row', { name: url })
  await row.getByText('All events').waitFor()
  t.notMatch(await page.content(), first ?? '')

  const choose = async (item: string) => {
    await page.getByRole('button', { name: `Actions for ${url}` }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  await choose('Deliveries')
  const drawer = page.getByRole('dialog', { name: 'Deliveries' })
  await drawer.getByText('Nothing was sent yet').waitFor()
  await page.keyboard.press('Escape')

  const body = { spinnerId: acme.spinner.id, durationMs: 5 }
  await ada.client.POST('/api/v1/spins', { headers: acme.headers, body })
  await product.noteDeliveries(acme, { status: 500, error: 'It answered 500.' })
  await choose('Deliveries')
  const delivery = drawer.getByRole('listitem').filter({ hasText: 'Spin recorded' })
  await delivery.getByText('Failed').waitFor()
  await delivery.getByText('It answered 500.').waitFor()
  await delivery.getByRole('button', { name: /Send again/ }).click()
  await delivery.getByText('Waiting').waitFor()
  // It is looked at again by itself while it is on its way.
  await product.noteDeliveries(acme, { status: 204 })
  await delivery.getByText('Arrived').waitFor()
  await page.keyboard.press('Escape')

  await choose('New secret')
  await page.getByRole('dialog').getByRole('button', { name: 'New secret' }).click()
  await shown.getByText('The secret before signs as well until').waitFor()
  const second = await shown.locator('pre').textContent()
  t.match(second, /^whsec_/)
  t.not(second, first)
  await shown.getByRole('button', { name: 'Done' }).click()

  const reason = 'Nothing has arrived since yesterday, in 100 attempts.'
  await product.noteDeliveries(acme, { status: 500, error: 'It answered 500.', reason })
  await page.reload()
  await row.getByText('Switched off by itself.').waitFor()
  await row.getByText(reason).waitFor()
  await choose('Switch on')
  await row.getByText('On', { exact: true }).waitFor()
  t.equal(await row.getByText(reason).count(), 0)

  await choose('Edit')
  const edit = page.getByRole('dialog', { name: 'Edit webhook' })
  await edit.getByLabel('Spinner added').check()
  await edit.getByRole('button', { name: 'Save' }).click()
  await edit.waitFor({ state: 'detached' })
  await row.getByText('Spinner added').waitFor()

  await choose('Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No webhooks yet').waitFor()
})

t.test('who is no admin is not offered webhooks, and told so at their address', async t => {
  const bob = await product.person('Bob Miller')
  await product.join(acme, bob, 'member')
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, bob)
  await page.getByRole('button', { name: 'Account of Bob Miller' }).click()
  await page.getByRole('menuitem', { name: 'API tokens' }).waitFor()
  t.equal(await page.getByRole('menuitem', { name: 'Webhooks' }).count(), 0)
  await page.goto(`${product.url}/c/acme/webhooks`)
  await page.getByText('Webhooks are for owners and admins').waitFor()
})
