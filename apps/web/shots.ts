import { chromium } from 'playwright-core'
import sparticuz from '@sparticuz/chromium'
const [url, email, password, out] = process.argv.slice(2) as [string,string,string,string]
const executablePath = await sparticuz.executablePath()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox','--no-zygote','--disable-gpu','--disable-dev-shm-usage','--disable-background-networking'] })
for (const [scheme, width] of [['light',1280],['dark',1280],['light',360],['dark',360]] as const) {
  const c = await browser.newContext({ colorScheme: scheme, viewport: { width, height: width === 360 ? 740 : 800 }, locale: 'en-GB' })
  const p = await c.newPage()
  const shot = async (name: string) => { await p.waitForLoadState('networkidle').catch(()=>{}); await p.screenshot({ path: `${out}/${name}-${scheme}-${width}.png`, fullPage: true }) }
  for (const a of ['/', '/signup', '/login', '/nowhere']) { await p.goto(url + a); await shot(a.slice(1) || 'landing') }
  await p.goto(url + '/login')
  await p.getByLabel(/e-?mail/i).fill(email); await p.getByLabel(/password/i).first().fill(password); await p.keyboard.press('Enter')
  await p.waitForURL(/\/c\//)
  for (const [n, a] of [['dashboard','/c/orbit-bearings'],['dash-viewer','/c/tabletop-labs'],['spinners','/c/orbit-bearings/spinners'],['spins','/c/orbit-bearings/spins'],['companies','/companies'],['new','/companies/new'],['lost','/c/nope'],['empty','/c/my-co/spins']] as const) { await p.goto(url + a); await shot(n) }
  await p.goto(url + '/c/orbit-bearings/spinners'); await p.waitForLoadState('networkidle'); 
  const link = p.locator('a[href*="/spinners/0"]').first(); await link.click(); await shot('spinner')
  await c.close()
}
await browser.close()
