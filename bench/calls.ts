import type { Figure } from './figure.ts'
import type { Installation } from './installation.ts'
import { inTurns } from './load.ts'
import { serve } from './serve.ts'
import { makeSpins } from './spins.ts'

const turns = { rounds: 7, warmUp: 4, settle: 1, measured: 3 }

/** What a script sends most, with a token, against handlers that know of no companies, tokens or limits. */
export async function calls(installation: Installation, note: (line: string) => void): Promise<Figure[]> {
  note('Listing and recording spins with a token, about three minutes …')
  const [product, bare] = await Promise.all([serve('product', installation), serve('bare', installation)])
  try {
    const { person, spinnerId, memberId } = await makeSpins(installation, product.url)
    const { token } = await person.post<{ token: string }>('/tokens', { name: 'Bench', scopes: ['read', 'write'] })
    const headers = { authorization: `Bearer ${token}` }
    const list = (url: string) => ({ url: `${url}/api/v1/spins?limit=20`, headers })
    const listed = await inTurns({ product: list(product.url), bare: list(bare.url) }, turns)
    const body = { spinnerId, memberId, durationMs: 48_271 }
    const record = (url: string) => ({ url: `${url}/api/v1/spins`, headers, body })
    const recorded = await inTurns({ product: record(product.url), bare: record(bare.url) }, turns)
    return [
      {
        name: 'list of 20 spins over HTTP, with a token',
        unit: 'req/s',
        samples: listed.product,
        baseline: { name: 'plain pg, bare handler', samples: listed.bare },
        target: { of: 'ratio', atLeast: 0.8 },
      },
      {
        name: 'POST /spins, with a token',
        unit: 'req/s',
        samples: recorded.product,
        baseline: { name: 'plain INSERT, bare handler', samples: recorded.bare },
        target: { of: 'ratio', atLeast: 0.6 },
      },
    ]
  } finally {
    await Promise.all([product, bare].map(server => server.close()))
  }
}
