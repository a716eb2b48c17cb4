import axe from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { failOnViolations, openBrowser, openContext, withoutEvents } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn } from './support/steps.ts'

const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme', 'Blue Whirl')
await found(ada, 'Nova Bearings and Other Things That Turn')
await ada.client.POST('/api/v1/companies', { body: { name: 'Empty' } })
for (let made = 0; made < 3; made++) {
  const body = { spinnerId: acme.spinner.id, durationMs: 61_000 * (made + 1), note: made ? null : 'in the lift' }
  await ada.client.POST('/api/v1/spins', { headers: acme.headers, body })
}

await ada.client.POST('/api/v1/tokens', {
  headers: acme.headers,
  body: { name: 'Gateway in hall 3', scopes: ['read', 'write'] },
})

await product.testMail('ada@example.com')
const { link } = await product.invite(acme, ada, 'grace@example.com')
await ada.client.POST('/api/v1/invitations', { headers: acme.headers, body: { role: 'viewer' } })
await product.join(acme, await product.person('Bob Miller'), 'member')

await ada.client.POST('/api/v1/webhooks', { headers: acme.headers, body: { url: 'https://example.com/spins' } })
const another = { name: 'Comet', serialNumber: 'SN-COMET' }
await ada.client.POST('/api/v1/spinners', { headers: acme.headers, body: another })
await product.noteDeliveries(acme, { status: 500, error: 'It answered 500.', reason: 'Nothing has arrived for days.' })

type Act = (page: Page) => Promise<unknown>
type Place = [path: string, shows: string, act?: Act]

const outside: Place[] = [
  ['/', 'Know how long every spinner spins.'],
  ['/signup', 'Create your account', page => page.getByRole('button', { name: 'Sign up' }).click()],
  ['/login', 'Log in to Spintrack'],
  ['/mail', 'Mail'],
  ['/mail', 'Mail', page => page.getByRole('link', { name: /To ada@example.com/ }).click()],
  [new URL(link).pathname, 'Join Acme'],
  ['/reset', 'Forgot your password?'],
  ['/reset/none', 'Choose a new password'],
  ['/verify/none', 'Confirm your address'],
  ['/verify/none', 'Confirm your address', page => page.getByRole('button', { name: 'Confirm' }).click()],
  ['/invite/none', 'This invitation is of no use any more'],
  ['/no/such/page', 'There is nothing at this address'],
]
const inside: Place[] = [
  ['/c/acme', 'Dashboard'],
  ['/c/acme?range=all', 'Dashboard', page => page.getByRole('button', { name: /Switch company/ }).click()],
  ['/c/empty', 'Dashboard'],
  ['/c/acme/spinners', 'Spinners', page => page.getByRole('button', { name: /Account of/ }).click()],
  ['/c/acme/spinners?q=nothing', 'Spinners'],
  ['/c/acme/spinners?status=active', 'Spinners', page => page.getByRole('button', { name: 'Add spinner' }).click()],
  [`/c/acme/spinners/${acme.spinner.id}`, 'Blue Whirl'],
  ['/c/acme/spins', 'Spins'],
  ['/c/acme/spins?range=7', 'Spins', page => page.getByRole('button', { name: 'Add by hand' }).click()],
  ['/c/acme/spins?from=2026-01-01', 'Spins'],
  ['/c/acme/spins?range=90', 'Spins', page => page.getByRole('button', { name: 'Import and export' }).click()],
  ['/c/acme/spins?range=all', 'Spins', importFile],
  ['/c/acme/members', 'Members'],
  ['/c/acme/members', 'Members', page => page.getByRole('button', { name: 'Invite people' }).click()],
  ['/c/acme/members', 'Members', page => page.getByRole('button', { name: 'Actions for Bob' }).click()],
  ['/c/acme/members', 'Members', makeLink],
  [new URL(link).pathname, 'Join Acme'],
  ['/c/acme/tokens', 'API tokens'],
  ['/c/empty/tokens', 'API tokens', page => page.getByRole('button', { name: 'New token' }).click()],
  ['/c/acme/tokens', 'API tokens', makeToken],
  ['/c/empty/webhooks', 'Webhooks'],
  ['/c/acme/webhooks', 'Webhooks'],
  ['/c/acme/webhooks', 'Webhooks', page => page.getByRole('button', { name: 'New webhook' }).click()],
  ['/c/acme/webhooks', 'Webhooks', showDeliveries],
  ['/c/not-mine', 'You cannot open this company'],
  ['/companies', 'Your companies'],
  ['/account', 'Your account'],
  ['/account', 'Your account', page => page.getByRole('button', { name: 'Change address' }).click()],
  ['/companies/new', 'New company'],
]

async function importFile(page: Page) {
  await page.getByRole('button', { name: 'Import and export' }).click()
  await page.getByRole('menuitem', { name: 'Import a file…' }).click()
  const rows = ['serialNumber,durationMs', 'SN-Blue Whirl,5', ...Array.from({ length: 120 }, () => 'SN-nobody,5')]
  const file = { name: 'spins.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) }
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(file)
  await page.getByText('120 lines cannot').waitFor()
}

async function showDeliveries(page: Page) {
  await page.getByRole('button', { name: /Actions for/ }).click()
  await page.getByRole('menuitem', { name: 'Deliveries' }).click()
  await page.getByRole('dialog').getByText('Spinner added').waitFor()
}

async function makeToken(page: Page) {
  await page.getByRole('button', { name: 'New token' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Nightly report')
  await page.getByRole('dialog').getByRole('button', { name: 'New token' }).click()
  await page.getByRole('dialog', { name: 'Copy your token now' }).waitFor()
}

async function makeLink(page: Page) {
  await page.getByRole('button', { name: 'Make a new link' }).click()
  await page.getByRole('dialog', { name: 'Copy the link now' }).waitFor()
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** Menus and drawers are drawn at the end of the body, outside every landmark; no rule of WCAG, and no harm in a dialog. */
const aboutPortals = ['region', 'landmark-no-duplicate-banner', 'landmark-unique']

const screens = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const

for (const { colorScheme, width } of screens) {
  t.test(`axe finds nothing and nothing scrolls sideways, ${colorScheme}, ${width} px wide`, async t => {
    const context = await openContext(t, browser, {
      colorScheme,
      viewport: { width, height: 740 },
      // A colour measured half-way through a fade is nobody's colour.
      reducedMotion: 'reduce',
    })
    await withoutEvents(context)
    const page = await context.newPage()
    failOnViolations(t, page)
    for (const place of outside) await look(t, page, place)
    await logIn(page, product, ada)
    for (const place of inside) await look(t, page, place)
  })
}

async function look(t: Test, page: Page, [path, shows, act]: Place) {
  await page.goto(product.url + path)
  await page.getByRole('heading', { level: 1, name: shows }).waitFor()
  await page.waitForLoadState('networkidle')
  await act?.(page)
  const { violations } = await new axe({ page }).withTags(standards).disableRules(aboutPortals).analyze()
  t.same(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.html} ${node.failureSummary}`).join('; ')}`),
    [],
    path,
  )
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const)
  t.ok(content <= window, `${path} is ${content} px wide in a window of ${window}`)
}
