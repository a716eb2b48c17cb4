import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '@spintrack/api/server'
import { openDatabase } from '@spintrack/database/database'
import { createDemo, type DemoLogin, isEmpty } from '@spintrack/domain/demo'
import { chooseParameters, createHasher } from '@spintrack/domain/hashing'
import { createSeal } from '@spintrack/domain/seal'
import type { Reach } from '@spintrack/domain/webhook-addresses'
import { createWebhookSender } from '@spintrack/domain/webhook-request'
import type { Tenancy } from '@spintrack/tenancy/tenancy'
import { startWorker, type Worker } from '@spintrack/worker/worker'
import { bringUpToDate, type Control, openControl, requireHealthy } from './control.ts'
import { CommandError } from './errors.ts'
import { openInstallation } from './installation.ts'
import { print, printError } from './output.ts'
import { Resources } from './resources.ts'
import { readSettings, type Settings } from './settings.ts'

/** Runs the whole product in one process until it is told to stop. */
export async function start(): Promise<void> {
  const settings = readSettings()
  const stop = stopSignal()
  const control = await openControl(settings, note)
  const { installation, owner, database, resources } = control
  try {
    await bringUpToDate(control)
    await requireHealthy(owner, installation)
    resources.add(await startWork(control, settings), opened => opened.stop())
    const hasher = createHasher({ parameters: await chooseParameters() })
    const demo = installation.embedded && settings.demoData && (await isEmpty(database.tenancy))
    const logins = demo ? await createDemo(database.tenancy, hasher) : []
    const url = await serve(settings, { ...installation, tenancy: database.tenancy, hasher, resources })
    print(banner(url, logins, settings))
    await stop
    note('Stopping.')
  } finally {
    await resources.close()
  }
}

/** Runs the background work alone until it is told to stop. */
export async function worker(): Promise<void> {
  const settings = readSettings()
  const stop = stopSignal()
  const control = await openControl(settings, note)
  try {
    await requireHealthy(control.owner, control.installation)
    control.resources.add(await startWork(control, settings), opened => opened.stop())
    print('\n  The worker is running.\n\n')
    await stop
    note('Stopping.')
  } finally {
    await control.resources.close()
  }
}

/** Runs API and web alone, with the app login only, until it is told to stop. */
export async function api(): Promise<void> {
  const settings = readSettings()
  const stop = stopSignal()
  const resources = new Resources()
  try {
    const installation = resources.add(await openInstallation(settings, note), opened => opened.close())
    const database = resources.add(openDatabase({ appUrl: installation.appUrl }), opened => opened.close())
    await requireHealthy(database.pool, installation)
    const hasher = createHasher({ parameters: await chooseParameters() })
    const url = await serve(settings, { ...installation, tenancy: database.tenancy, hasher, resources })
    print(banner(url, [], settings))
    await stop
    note('Stopping.')
  } finally {
    await resources.close()
  }
}

async function startWork(control: Control, settings: Settings): Promise<Worker> {
  const { installation, owner, database, blueprint } = control
  const post = await openMail(settings, installation.sessionSecrets)
  const courier = { seal: createSeal(installation.sessionSecrets), send: createWebhookSender(reachOf(settings)) }
  const onError = (error: unknown) => note(`worker: ${String(error)}`)
  return startWorker({ owner, tenancy: database.tenancy, blueprint, courier, ...(post && { post }), onError })
}

/** The way to the mail server, if one is set; only then its driver is loaded. */
async function openMail({ smtpUrl, mailFrom: from }: Settings, secrets: string[]) {
  if (smtpUrl === undefined) return undefined
  const { openPost } = await import('@spintrack/worker/post')
  return openPost({ smtpUrl, from, seal: createSeal(secrets) })
}

function reachOf({ webhooksToLoopback }: Settings): Reach {
  return { loopback: webhooksToLoopback }
}

type Serve = {
  sessionSecrets: string[]
  tenancy: Tenancy
  hasher: ReturnType<typeof createHasher>
  resources: Resources
}

async function serve(settings: Settings, { sessionSecrets, tenancy, hasher, resources }: Serve): Promise<string> {
  const { host, port, publicUrl, emailVerification, showMail, trustProxy, logLevel } = settings
  const webRoot = join(import.meta.dirname, '../../web/dist')
  if (!existsSync(join(webRoot, 'index.html')))
    note('The web application is not built; npm run build makes it. Serving the API alone.')
  try {
    const webhookReach = reachOf(settings)
    const options = {
      tenancy,
      hasher,
      publicUrl,
      sessionSecrets,
      emailVerification,
      showMail,
      webhookReach,
      ...(existsSync(webRoot) && { webRoot }),
    }
    const server = await startServer({ ...options, host, port, trustProxy, logger: { level: logLevel } })
    resources.add(server, opened => opened.close())
    return port === 0 ? server.url : publicUrl
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error
    throw new CommandError(
      `Port ${port} is taken by another process. Stop it, or choose another port: PORT=3001 npm start`,
    )
  }
}

/** Resolves at the first Ctrl-C or SIGTERM. A second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1))
        resolve()
      })
    }
  })
}

function banner(url: string, logins: DemoLogin[], { showMail }: Settings): string {
  const demo = logins
    .map(({ email, password, companies }) => `    ${email}  ${password}  (${companies.join(', ')})\n`)
    .join('')
  const mail = showMail ? `  Mail is kept here instead of being sent: ${url}/mail\n` : ''
  return `\n  Spintrack is running at ${url}\n${mail}${demo && `\n  Demo logins, shown this once:\n${demo}`}\n`
}

function note(line: string): void {
  printError(`${line}\n`)
}
