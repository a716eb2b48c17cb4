import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What becomes of a message on its way to PostgreSQL: it passes; it is lost with the connection; it arrives and the
 * answer is lost with the connection; or it arrives, and all answers wait until the next message that passes.
 */
export type Fate = 'pass' | 'lose' | 'loseAnswer' | 'holdAnswer'

/** A network between a pool and PostgreSQL that fails when `judge` says so. Returns the address to connect to. */
export async function openProxy(
  t: { teardown(work: () => unknown): void },
  url: string,
  judge: (message: string) => Fate,
): Promise<string> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    let held: Buffer[] | undefined
    let lost = false
    client.on('data', data => {
      const fate = judge(data.toString('latin1'))
      if (fate === 'lose') return client.destroy()
      lost = fate === 'loseAnswer'
      if (fate === 'holdAnswer') held ??= []
      else {
        for (const answer of held ?? []) client.write(answer)
        held = undefined
      }
      return upstream.write(data)
    })
    upstream.on('data', answer => {
      if (lost) client.destroy()
      else if (held) held.push(answer)
      else client.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = new URL(url)
  address.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return address.href
}
