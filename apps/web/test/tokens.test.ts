import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { failOnViolations, openBrowser, openContext, withoutEvents } from './support/browser.ts'
import { startProduct } from './support/product.ts'
import { found, logIn } from './support/steps.ts'

const run = promisify(execFile)
const product = await startProduct(t)
const browser = await openBrowser(t)
const ada = await product.person('Ada Lovelace')
const acme = await found(ada, 'Acme', 'Blue Whirl')
await ada.client.POST('/api/v1/spins', {
  headers: acme.headers,
  body: { spinnerId: acme.spinner.id, durationMs: 61_000, note: 'in the lift' },
})

t.test(
  'a token is made, its line works in a shell and its snippet in TypeScript, and revoked it is refused',
  async t => {
    const context = await openContext(t, browser)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const page = await context.newPage()
    failOnViolations(t, page)
    await logIn(page, product, ada)
    await page.getByRole('button', { name: 'Account of Ada Lovelace' }).click()
    await page.getByRole('menuitem', { name: 'API tokens' }).click()
    await page.getByText('No tokens yet').waitFor()
    await page.getByRole('button', { name: 'New token' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('button', { name: 'New token' }).click()
    await form.getByText('Enter a name').waitFor()
    await form.getByLabel('Name').fill('Nightly report')
    await form.getByText('Read and write').click()
    await form.getByText('30 days').click()
    await form.getByRole('button', { name: 'New token' }).click()

    const shown = page.getByRole('dialog', { name: 'Copy your token now' })
    const copied = async (what: string) => {
      await shown.getByRole('button', { name: `Copy: ${what}` }).click()
      await shown.getByRole('button', { name: `Copied: ${what}` }).waitFor()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    const token = await copied('Token')
    t.match(token, /^spin_[0-9A-Za-z]{36}$/)
    const line = await copied('Shell')
    t.notMatch(line, '\n', 'one line')
    t.match(JSON.parse((await run('sh', ['-c', line])).stdout), {
      items: [{ durationMs: 61_000, note: 'in the lift' }],
    })

    await shown.getByText('TypeScript').click()
    const snippet = join(t.testdir(), 'snippet.mts')
    await writeFile(snippet, await copied('TypeScript'))
    t.match((await run(process.execPath, ['--import=tsx', snippet])).stdout, 'durationMs: 61000')

    const script = join(import.meta.dirname, '../../../examples/scripts/record-a-spin.sh')
    const env = { ...process.env, SPINTRACK_URL: product.url, TOKEN: token }
    const [spin = '', summary = ''] = (await run(script, { env })).stdout.split('\n')
    t.match(JSON.parse(spin), { note: 'From a script', durationMs: 12_400 })
    t.match(JSON.parse(summary), { spins: 2 })

    await shown.getByRole('button', { name: 'Done' }).click()
    await page.reload()
    const row = page.getByRole('row').filter({ hasText: 'Nightly report' }).filter({ hasText: 'Read and write' })
    await row.waitFor()
    t.match(await row.textContent(), `${token.slice(0, 9)}…`)
    t.notMatch(await page.content(), token, 'it is not on the page any more')

    await row.getByRole('button', { name: 'Revoke Nightly report' }).click()
    const asked = page.getByRole('dialog', { name: 'Revoke Nightly report?' })
    await asked.getByRole('button', { name: 'Cancel' }).click()
    t.equal(await product.status('/api/v1/spins', token), 200)
    await row.getByRole('button', { name: 'Revoke Nightly report' }).click()
    await asked.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('No tokens yet').waitFor()
    t.equal(await product.status('/api/v1/spins', token), 401)
    t.match(await run(script, { env }).catch(error => error.stdout), /"code":"unauthenticated"/, 'the script says why')
  },
)

t.test('owners see whose tokens there are; a member sees their own', async t => {
  const bob = await product.person('Bob Miller')
  await product.join(acme, bob, 'member')
  for (const [person, name] of [
    [ada, 'Of Ada'],
    [bob, 'Of Bob'],
  ] as const) {
    await person.client.POST('/api/v1/tokens', { headers: acme.headers, body: { name, scopes: ['read'] } })
  }
  for (const [person, rows] of [
    [ada, [/Of Bob.*Bob Miller/, /Of Ada.*You/]],
    [bob, [/Of Bob/]],
  ] as const) {
    const context = await openContext(t, browser)
    await withoutEvents(context)
    const page = await context.newPage()
    await logIn(page, product, person)
    await page.goto(`${product.url}/c/acme/tokens`)
    await page.getByText('Of Bob').waitFor()
    await page.waitForLoadState('networkidle')
    const names = await page.locator('tbody th').allTextContents()
    t.equal(names.length, rows.length)
    for (const [index, row] of rows.entries()) t.match(names[index], row)
  }
})
