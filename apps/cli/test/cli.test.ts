import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { launch, run } from './support/command.ts'

t.test('an operator manages an installation from the terminal', async t => {
  const database = await testDatabase(t)
  const env = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }

  t.match(await run(['--version'], env), { code: 0, out: /^\d+\.\d+\.\d+\n$/ })
  const help = await run(['--help'], env)
  for (const command of [
    'start',
    'api',
    'worker',
    'migrate',
    'fleet',
    'doctor',
    'jobs',
    'mail',
    'users',
    'companies',
    'report',
    'exec',
  ])
    t.match(help.out, new RegExp(`^  ${command} `, 'm'))

  t.match(await run(['migrate'], env), { code: 0, out: 'Every company is up to date.\n' })
  t.match(await run(['doctor'], env), { code: 0, out: /^Healthy/ })
  t.match(await run(['jobs', 'list'], env), { code: 0, out: 'There are no such jobs.\n' })
  t.match(await run(['companies', 'list'], env), { code: 0, out: /no companies yet/ })

  t.match(await run(['companies', 'create', 'Acme', '--owner', 'ida@example.org'], env), {
    code: 1,
    err: /Nobody has the address ida@example.org[\s\S]*spintrack users create/,
  })
  const create = ['users', 'create', '--email', 'ida@example.org', '--name', 'Ida']
  t.match(await run([...create, '--password-stdin'], env, 'short\n'), { code: 1, err: /12 characters/ })
  const created = await run(create, env)
  t.match(created, { code: 0, out: /^Created ida@example\.org\. The password, shown this once: \S{16}\n$/ })
  t.match(await run(create, env), { code: 1, err: /already has an account/ })
  t.match(await run(['companies', 'create', 'Acme', '--owner', 'ida@example.org'], env), { code: 0, out: /\/c\/acme/ })
  t.match(await run(['companies', 'create', 'Other', '--owner', 'ida@example.org', '--slug', 'acme'], env), {
    code: 1,
    err: /Another company uses this address/,
  })
  t.match(await run(['companies', 'list'], env), { code: 0, out: /^SLUG .*\nacme +Acme +ready +\d+ / })
})

t.test('doctor names what is wrong and what mends it, and start refuses', async t => {
  const database = await testDatabase(t)
  const env = {
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    PORT: '0',
    PUBLIC_URL: 'http://localhost',
  }
  await database.owner.query('grant create on schema public to public')
  t.match(await run(['doctor'], env), {
    code: 1,
    out: /PUBLIC has CREATE on SCHEMA public\.\n +mend it with: REVOKE CREATE ON SCHEMA public FROM PUBLIC/,
  })
  t.match(await run(['start'], env), { code: 1, err: /not safe to serve from[\s\S]*REVOKE CREATE/ })
})

t.test('start serves until it is told to stop', async t => {
  const database = await testDatabase(t)
  const child = launch(['start'], {
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    PORT: '0',
    PUBLIC_URL: 'http://localhost',
  })
  t.teardown(() => child.kill('SIGKILL'))
  child.stderr.resume()
  const url = await lineMatching(child.stdout, /running at (\S+)/)
  t.equal((await fetch(`${url}/health/ready`)).status, 200)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  t.strictSame(await exit, [0, null])
  await t.rejects(fetch(`${url}/health/live`))
})

t.test('jobs are listed with their company, and retried', async t => {
  const database = await testDatabase(t)
  const env = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }
  await run(['users', 'create', '--email', 'ida@example.org', '--name', 'Ida'], env)
  await run(['companies', 'create', 'Acme', '--owner', 'ida@example.org'], env)
  await database.owner.query(`
    select add_job('nightly', json_build_object('tenant', tenant), null, null, 3) from companies;
    update graphile_worker._private_jobs set attempts = 3, last_error = 'no such table'`)
  const listed = await run(['jobs', 'list', '--state', 'failed'], env)
  t.match(listed, { code: 0, out: /^ID +JOB .*\n\d+ +nightly +acme +failed +3\/3 .* no such table\n$/ })
  const id = /\n(\d+)/.exec(listed.out)?.[1] as string
  t.match(await run(['jobs', 'retry'], env), { code: 1, err: /Name the jobs to retry, or say --all/ })
  t.match(await run(['jobs', 'retry', id, '0'], env), { code: 1, out: /^1 will run/, err: /Not among .*: 0/ })
  t.match(await run(['jobs', 'list'], env), { code: 0, out: /acme +waiting +0\/3/ })
  t.match(await run(['jobs', 'retry', '--all'], env), { code: 0, out: '0 will run again.\n' })
})

t.test('mail is kept where no server is set, and an address is verified by hand', async t => {
  const database = await testDatabase(t)
  const env = {
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    PUBLIC_URL: 'https://spintrack.example',
    SESSION_SECRET: 'a secret of tests that is long enough',
  }
  t.match(await run(['mail', 'list'], env), { code: 0, out: 'There is no mail.\n' })
  const written = await run(['mail', 'test', 'ida@example.org'], env)
  t.match(written, { code: 0, out: /^SMTP_URL is not set, so it is kept: spintrack mail show \S+\n$/ })
  const id = /show (\S+)/.exec(written.out)?.[1] as string
  t.match(await run(['mail', 'list'], env), {
    code: 0,
    out: new RegExp(`^ID .*\n${id} +\\S+Z +ida@example\\.org +Mail from Spintrack arrives\n$`),
  })
  t.match(await run(['mail', 'show', id], env), {
    code: 0,
    out: /^To: ida@example\.org\nSubject: Mail from .*\n\n[\s\S]*\nhttps:\/\/spintrack\.example\n/,
  })
  t.match(await run(['mail', 'show', id, '--html'], env), { code: 0, out: /^<!doctype html>/ })
  t.match(await run(['mail', 'show', id], { ...env, SESSION_SECRET: 'b'.repeat(32) }), {
    code: 1,
    err: /^Expected what one of the secrets in SESSION_SECRET sealed.*\n$/,
  })
  await database.owner.query('update outbox set body = null, sent_at = now()')
  t.match(await run(['mail', 'show', id], env), { code: 1, err: /^It was sent \S+Z, and nothing of it is kept/ })

  await run(['users', 'create', '--email', 'ida@example.org', '--name', 'Ida'], env)
  const verified = async () =>
    (await database.owner.query('select email_verified_at from users')).rows[0].email_verified_at
  t.ok(await verified(), 'one whom an operator made')
  await database.owner.query('update users set email_verified_at = null')
  t.match(await run(['users', 'verify', 'IDA@example.org '], env), { code: 0, out: /counts as verified/ })
  t.ok(await verified())
  t.match(await run(['users', 'verify', 'eve@example.org'], env), { code: 1, err: /^Nobody has the address eve@/ })
})

t.test('the worker runs alone until it is told to stop', async t => {
  const database = await testDatabase(t)
  const child = launch(['worker'], { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl })
  t.teardown(() => child.kill('SIGKILL'))
  child.stderr.resume()
  await lineMatching(child.stdout, /(worker is running)/)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  t.strictSame(await exit, [0, null])
})

t.test('what is missing or taken is said with what to do', async t => {
  const database = await testDatabase(t)
  const env = { DATABASE_URL: database.ownerUrl, DATABASE_APP_URL: database.appUrl }
  const unreachable = await run(['doctor'], {
    DATABASE_URL: 'postgres://owner:secret@127.0.0.1:1/none',
    DATABASE_APP_URL: 'postgres://app:secret@127.0.0.1:1/none',
  })
  t.match(unreachable, { code: 1, err: /could not be reached.*DATABASE_URL/ })
  t.notMatch(unreachable.err, /secret| {4}at /, 'neither a password nor a stack')

  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  t.match(await run(['start'], { ...env, PORT: String(port) }), { code: 1, err: new RegExp(`Port ${port} is taken`) })
  t.match(await run(['doctor'], { ...env, PORT: 'eighty' }), { code: 1, err: /PORT/ })
  t.match(await run(['dance'], env), { code: 1, err: /unknown command 'dance'/ })
})

async function lineMatching(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  for await (const line of createInterface(stream)) {
    const match = pattern.exec(line)
    if (match?.[1]) return match[1]
  }
  throw new Error(`The process ended before a line matched ${pattern}`)
}
