import type { Figure } from './figure.ts'
import type { Installation } from './installation.ts'
import { inTurns } from './load.ts'
import { type Server, serve } from './serve.ts'
import { makeSpins } from './spins.ts'

const turns = { rounds: 7, warmUp: 4, settle: 1, measured: 3 }
const list = '/api/v1/spins?limit=20'

/**
 * A page of 20 spins over HTTP, in turns: by the product, then by two plain handlers, one of which also finds out who
 * is calling. Each server is a process of its own, so that none runs code which another one's use has tuned.
 */
export async function read(installation: Installation): Promise<Figure[]> {
  const [product, session, bare] = await Promise.all([
    serve('product', installation),
    serve('session', installation),
    serve('bare', installation),
  ])
  try {
    const { headers } = (await makeSpins(installation, product.url)).person
    const request = ({ url }: Server) => ({ url: url + list, headers })
    const samples = await inTurns({ product: request(product), session: request(session), bare: request(bare) }, turns)
    return [
      {
        name: 'list of 20 spins over HTTP, logged in',
        unit: 'req/s',
        samples: samples.product,
        baseline: { name: 'plain pg, same session check', samples: samples.session },
        target: { of: 'ratio', atLeast: 0.8 },
      },
      {
        name: 'the same, against a bare handler',
        unit: 'req/s',
        samples: samples.product,
        baseline: { name: 'plain pg, no session', samples: samples.bare },
      },
    ]
  } finally {
    await Promise.all([product, session, bare].map(server => server.close()))
  }
}
