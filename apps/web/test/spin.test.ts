import t from 'tap'
import { openBrowser, openContext } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme', 'Blue Whirl')
const spins = async () => (await ada.client.GET('/api/v1/spins', { headers: acme.headers })).data?.items ?? []

t.test('space starts and stops; the spin is saved, seen at once, and can be undone', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, ada)
  await page.getByRole('button', { name: 'Start timing Blue Whirl' }).first().waitFor()
  await page.keyboard.press('Space')
  await page.locator('.dial[data-running=true]').waitFor()
  await page
    .locator('.dial-face')
    .filter({ hasText: /0:00\.[5-9]|0:0[1-9]/ })
    .waitFor()
  await page.keyboard.press('Space')

  await page.getByText(/Saved .* of Blue Whirl\./).waitFor()
  t.match(await page.locator('.spin-table').textContent(), /Blue Whirl/)
  const [spin, ...others] = await spins()
  t.ok(spin && spin.durationMs >= 500 && spin.durationMs < 15_000, `lasted ${spin?.durationMs} ms`)
  t.same(others, [], 'space counted once')

  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('No spins yet.').waitFor()
  t.same(await spins(), [])
})

t.test('held and let go is one spin; it stops from another page too', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, ada)
  await page.getByRole('button', { name: 'Start timing Blue Whirl' }).hover()
  await page.mouse.down()
  await page
    .locator('.dial-face')
    .filter({ hasText: /0:00\.[6-9]|0:0[1-9]/ })
    .waitFor()
  await page.mouse.up()
  await page.getByText(/Saved .* of Blue Whirl\./).waitFor()
  t.equal((await spins()).length, 1)

  await page.locator('.dial').click()
  await page.getByRole('link', { name: 'Spins', exact: true }).click()
  await page.getByRole('heading', { name: 'Spins', level: 1 }).waitFor()
  await page.getByRole('banner').getByRole('button', { name: 'Stop timing Blue Whirl' }).click()
  await page.locator('.spin-table tbody tr:not(.day)').nth(1).waitFor()
  await page.getByRole('banner').getByRole('button', { name: 'Stop timing' }).waitFor({ state: 'detached' })
  t.equal((await spins()).length, 2)
})

t.test('a spin is added by hand with a duration as people write it, edited and deleted', async t => {
  const page = await (await openContext(t, browser)).newPage()
  await logIn(page, product, ada)
  await page.goto(`${product.url}/c/acme/spins`)
  await page.getByRole('button', { name: 'Add by hand' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Duration').fill('quite long')
  await form.getByRole('combobox', { name: 'Spinner' }).click()
  await page.getByRole('option', { name: 'Blue Whirl' }).click()
  await form.getByRole('button', { name: 'Add spin' }).click()
  await form.getByText('Write a duration like 1:30').waitFor()
  await form.getByLabel('Duration').fill('2m 5s')
  await form.getByLabel('Note').fill('in the lift')
  await form.getByRole('button', { name: 'Add spin' }).click()

  const row = page.getByRole('row').filter({ hasText: 'in the lift' })
  await row.waitFor()
  t.match(await row.textContent(), /2m 5s/)

  await row.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  t.equal(await form.getByLabel('Duration').inputValue(), '2:05')
  await form.getByLabel('Duration').fill('90s')
  await form.getByRole('button', { name: 'Save changes' }).click()
  await row.filter({ hasText: '1m 30s' }).waitFor()

  await row.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await row.waitFor({ state: 'detached' })
})

t.test('the dashboard shows the figures of the API', async t => {
  const page = await (await openContext(t, browser)).newPage()
  for (const durationMs of [60_000, 120_000]) {
    const body = { spinnerId: acme.spinner.id, durationMs, startedAt: new Date(Date.now() - 86_400_000).toISOString() }
    await ada.client.POST('/api/v1/spins', { headers: acme.headers, body })
  }
  for (const { id } of (await spins()).filter(({ durationMs }) => durationMs < 60_000)) {
    await ada.client.DELETE('/api/v1/spins/{id}', {
      headers: { ...acme.headers, 'content-type': 'application/json' },
      params: { path: { id } },
    })
  }
  await logIn(page, product, ada)
  await page.locator('.figure-value').first().waitFor()
  t.same(await page.locator('.figure-value').allTextContents(), ['1m 30s', '3m 0s', '2m 0s', '2'])
  t.same(await page.locator('.ranking tbody tr > *').allTextContents(), ['Blue Whirl', '1m 30s', '2 spins'])
})
