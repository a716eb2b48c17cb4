import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser, withoutEvents } from '../test/support/browser.ts'

// Takes the pictures of the README from the running product with its demo:
// npx tsx apps/web/scripts/pictures.ts http://localhost:3000 ada@demo.example PASSWORD
const [url = '', email = '', password = ''] = process.argv.slice(2)
const folder = join(import.meta.dirname, '../../../docs/images')
mkdirSync(folder, { recursive: true })

const closing: (() => Promise<unknown>)[] = []
const browser = await openBrowser({ teardown: close => closing.push(close) })
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({ colorScheme, locale: 'en-GB', viewport: { width: 1280, height: 760 } })
    await withoutEvents(context)
    const page = await context.newPage()
    const picture = (name: string) => page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
    await logIn(page)
    await page.getByText('Latest spins').waitFor()
    await page.waitForLoadState('networkidle')
    await picture('dashboard')
    await page.getByRole('button', { name: /Orbit Bearings/ }).click()
    await page.getByText('Tabletop Labs').waitFor()
    await picture('switcher')
    await page.goto(`${url}/c/orbit-bearings/spins`)
    await page.waitForLoadState('networkidle')
    await picture('spins')
    await context.close()
  }
} finally {
  for (const close of closing) await close()
}

async function logIn(page: Page): Promise<void> {
  await page.goto(`${url}/login?next=/c/orbit-bearings`)
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}
