import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

// Starts the product as the README says, on an empty database, and uses it as its README does.
const dataDir = mkdtempSync(join(tmpdir(), 'spintrack-smoke-'))
// As root PostgreSQL runs as another account, which must get in.
chmodSync(dataDir, 0o755)
const port = await freePort()
const base = `http://localhost:${port}`
const env = { ...process.env, PORT: String(port), DATA_DIR: dataDir }
const started = Date.now()
const product = spawn('npm', ['start'], { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
try {
  const { email, password } = await demoLogin(product)
  say(`started and printed a demo login after ${Date.now() - started} ms`)

  const cookie = await check('log in with it', 'POST', '/api/v1/session', 200, {
    body: { email, password },
    read: cookieOf,
  })
  const { companies } = await check('see two companies', 'GET', '/api/v1/session', 200, { cookie })
  if (companies.length !== 2) throw new Error(`expected 2 companies, got ${companies.length}`)
  for (const { slug } of companies) {
    const spins = await check(`list the spins of ${slug}`, 'GET', '/api/v1/spins?limit=5', 200, {
      cookie,
      company: slug,
    })
    if (spins.items.length !== 5) throw new Error(`expected 5 spins, got ${spins.items.length}`)
  }
  await check('be refused without a session', 'GET', '/api/v1/spins', 401, {})
  await check('read the OpenAPI document', 'GET', '/api/openapi.json', 200, {})
  await check('see the web application', 'GET', '/login', 200, { read: page })

  const { token } = await check('make an API token', 'POST', '/api/v1/tokens', 201, {
    cookie,
    company: companies[0].slug,
    body: { name: 'Smoke test', scopes: ['read', 'write'] },
  })
  const script = spawnSync('examples/scripts/record-a-spin.sh', {
    env: { ...env, SPINTRACK_URL: base, TOKEN: token },
    encoding: 'utf8',
  })
  if (script.status !== 0 || !script.stdout.includes('"averageDurationMs":'))
    throw new Error(`script: ${script.stdout}${script.stderr}`)
  say("the README's script records a spin")

  const doctor = spawnSync('npx', ['spintrack', 'doctor'], { env, encoding: 'utf8' })
  if (doctor.status !== 0) throw new Error(`spintrack doctor: ${doctor.stdout}${doctor.stderr}`)
  say('spintrack doctor, beside the running product: healthy')
} catch (error) {
  say(`failed: ${error.stack}`)
  process.exitCode = 1
} finally {
  await stop()
}

async function check(what, method, path, expected, { body, cookie, company, read }) {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(cookie && { cookie }),
    ...(company && { 'x-company': company }),
  }
  const response = await fetch(base + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  if (response.status !== expected) {
    throw new Error(`${what}: expected ${expected}, got ${response.status}: ${await response.text()}`)
  }
  say(what)
  return read ? read(response) : response.json()
}

function cookieOf(response) {
  return response.headers.getSetCookie()[0].split(';', 1)[0]
}

async function page(response) {
  if (!(await response.text()).includes('<div id="root">')) throw new Error('this is not the web application')
}

/** The first demo login of the banner. */
async function demoLogin(child) {
  for await (const line of createInterface(child.stdout)) {
    const match = /^\s+(\S+@demo\.example)\s+(\S+)/.exec(line)
    if (match) return { email: match[1], password: match[2] }
  }
  throw new Error('The product ended without printing a demo login')
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address()
  server.close()
  return free
}

/** Ctrl-C, as in a terminal: the whole process group gets it. Nothing may stay behind. */
async function stop() {
  if (product.exitCode === null) {
    process.kill(-product.pid, 'SIGINT')
    await once(product, 'exit')
  }
  if (existsSync(join(dataDir, 'postgres/postmaster.pid'))) {
    say('failed: PostgreSQL still runs')
    process.exitCode = 1
  }
  rmSync(dataDir, { recursive: true, force: true })
}

function say(line) {
  process.stdout.write(`smoke: ${line}\n`)
}
