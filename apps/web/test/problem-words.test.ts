import { createSpintrackClient } from '@spintrack/client/client'
import { unwrap } from '@spintrack/client/problem'
import t from 'tap'
import { wordsOf } from '../src/problem-words.ts'
import { texts } from '../src/texts.ts'

const { problem } = texts
const said = { code: 'slug_taken', title: 'Another company uses this address', detail: 'Choose another one.' }

t.test('a problem is told in the words of the API, or in ours where it had none', async t => {
  const lost = await refused(() => Promise.reject(new TypeError('fetch failed')))
  t.match(wordsOf(lost), { title: problem.unreachableTitle, detail: problem.unreachable })
  const proxy = await refused(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
  t.match(wordsOf(proxy), { title: problem.unknownTitle, detail: problem.unknown })
  t.match(wordsOf(new Error('a bug')), { title: problem.unknownTitle, detail: problem.unknown })
  const { title, detail } = said
  t.match(wordsOf(await refused(async () => Response.json(said, { status: 409 }))), { title, detail })
})

function refused(fetch: () => Promise<Response>): Promise<unknown> {
  const client = createSpintrackClient({ baseUrl: 'http://spintrack.test', fetch, retries: false })
  return unwrap(client.GET('/api/v1/session')).then(
    () => t.fail('expected a problem'),
    error => error,
  )
}
