import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

/**
 * A real Chromium, closed when the test ends: the one CHROMIUM_PATH names, else a system Chrome or Chromium, else the
 * one inside @sparticuz/chromium (Linux x64), so that the tests need no download.
 */
export async function openBrowser(t: { teardown(close: () => Promise<unknown>): void }): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH || systemChromium() || (await packagedChromium())
  const browser = await chromium.launch({ executablePath, args: switches })
  t.teardown(() => browser.close())
  return browser
}

/** A person at a browser of their own: cookies and storage are shared by the tabs of one context alone. */
export async function openContext(
  t: Test,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  t.teardown(() => context.close())
  context.setDefaultTimeout(15_000)
  context.on('page', page => page.on('pageerror', error => t.fail(`error in the page: ${error.stack}`)))
  return context
}

/** Has no live events in it, so that a page that waits for nothing more can be told: their stream never ends. */
export async function withoutEvents(context: BrowserContext): Promise<void> {
  await context.route('**/api/v1/events', route => route.fulfill({ status: 204 }))
}

/** What the page breaks of its content security policy is a fault of ours that users see only as something missing. */
export function failOnViolations(t: Test, page: Page) {
  page.on('console', message => {
    if (message.text().includes('Content Security Policy')) t.fail(message.text())
  })
}

/**
 * Root may not use the sandbox, and the zygote is part of it. Chromium's own calls to its maker are switched off: a test
 * machine may be closed, and each of them then waits. Not the package's own list, which has --single-process and
 * --disable-web-security: the first crashes with several tabs, the second hides the faults we look for.
 */
const switches = [
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
]

function systemChromium(): string | undefined {
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome']
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap(folder => names.map(name => join(folder, name))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Unpacked to the temporary folder the first time, which takes some seconds. */
async function packagedChromium(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Expected Chrome or Chromium on this machine (${process.platform} ${process.arch}), found none. ` +
        'Install one, or name it: CHROMIUM_PATH=/path/to/chromium npm test',
    )
  }
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}
