import t from 'tap'
import { ask, emptyFolder, hold, open, startedAt } from './support/embedded.ts'

t.test('two processes on an empty folder make one database and share one server', async t => {
  const folder = await emptyFolder(t)
  const holders = await Promise.all([hold(t, folder), hold(t, folder)])
  const [one, two] = holders.map(holder => holder.told)
  t.same([one?.fresh, two?.fresh].sort(), [false, true])
  t.ok(one?.url)
  t.equal(one?.url, two?.url)
  await Promise.all(holders.map(holder => holder.close()))
  await t.rejects(ask(one?.url ?? '', 'select 1'), { code: 'ECONNREFUSED' }, 'closed at once, one of them stopped it')
})

t.test('a command beside the server shares it, and the last one out stops it', async t => {
  const folder = await emptyFolder(t)
  const server = await hold(t, folder)
  const command = await open(t, folder)
  t.equal(command.superuserUrl(), server.told.url)
  const before = await startedAt(server.told.url)
  await command.close()
  t.equal(await startedAt(server.told.url), before, 'the server is in use')

  const longCommand = await open(t, folder)
  await server.close()
  t.equal(await startedAt(longCommand.superuserUrl()), before, 'the command still uses it')
  await longCommand.close()
  await t.rejects(ask(longCommand.superuserUrl(), 'select 1'), { code: 'ECONNREFUSED' })
})

t.test('a server whose process was killed is adopted', async t => {
  const folder = await emptyFolder(t)
  const killed = await hold(t, folder)
  const before = await startedAt(killed.told.url)
  await killed.kill()
  const heir = await open(t, folder)
  t.equal(heir.superuserUrl(), killed.told.url)
  t.equal(await startedAt(heir.superuserUrl()), before)
  await heir.close()
  await t.rejects(ask(killed.told.url, 'select 1'), { code: 'ECONNREFUSED' }, 'the dead one does not count')
})

t.test('coming and going at once, nobody gets a server that stops under them', async t => {
  const folder = await emptyFolder(t)
  const comeAndGo = async () => {
    for (let visit = 0; visit < 6; visit++) {
      const { ownerUrl, close } = await open(t, folder)
      t.equal(await ask(ownerUrl, 'select 1'), 1)
      await close()
    }
  }
  await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()])
})

t.test('a process that loses its keeper lives and takes its place again', async t => {
  const folder = await emptyFolder(t)
  const { superuserUrl } = await open(t, folder)
  const keepers = `pg_stat_activity where application_name = 'spintrack keeper'`
  const lost = await ask(superuserUrl(), `select pid from ${keepers}`)
  await ask(superuserUrl(), `select pg_terminate_backend(${lost}, 5000)`)
  const found = `select l.pid from pg_locks l join ${keepers.replace(' where', ' a using (pid) where')} and l.granted
    and l.locktype = 'advisory' and l.pid <> ${lost}`
  while ((await ask(superuserUrl(), found)) === undefined);

  const passing = await open(t, folder)
  await passing.close()
  t.equal(await ask(superuserUrl(), 'select 1'), 1, 'one that leaves meanwhile does not stop the server')
})
