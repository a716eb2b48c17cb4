import t from 'tap'
import { localPath } from '../src/paths.ts'
import { parseSearch, spinsSearch, stringifySearch } from '../src/search.ts'

t.test('after logging in one is sent to addresses of this site alone', async t => {
  t.equal(localPath('/c/acme/spins?range=7'), '/c/acme/spins?range=7')
  for (const elsewhere of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'c/acme',
    '',
    7,
  ]) {
    t.equal(localPath(elsewhere), undefined, String(elsewhere))
  }
})

t.test('filters read from an address and written to it are the same', async t => {
  const search = '?spinner=01234567-89ab-7def-8123-456789abcdef&range=7'
  t.equal(stringifySearch(spinsSearch(parseSearch(search))), search)
  t.same(parseSearch('?q=12'), { q: '12' }, 'a number stays text')
})

t.test('what an address says wrongly is ignored', async t => {
  t.equal(stringifySearch(spinsSearch(parseSearch('?range=8&from=yesterday&spinner=x&other=1'))), '')
})
