import { limits } from '@spintrack/contract/limits'
import t from 'tap'
import { slugCandidates, slugify } from '../src/slugs.ts'

const names = {
  'Orbit Bearings': 'orbit-bearings',
  '  Ünïcode & Söhne  ': 'unicode-sohne',
  'a--b__c': 'a-b-c',
  東京: 'company',
  '!': 'company',
  x: 'company',
  '2 Fast': '2-fast',
  '01a1fa7d-741a-70c0-bfc6-26c09e4e9614': 'company',
  ﬁdget: 'fidget',
}

for (const [name, slug] of Object.entries(names)) {
  t.test(`${name} has the address ${slug}`, async t => {
    t.equal(slugify(name), slug)
  })
}

t.test('every candidate fits the rule of addresses, the first is the name itself', async t => {
  for (const name of [...Object.keys(names), 'x'.repeat(100), `${'x'.repeat(39)} y`, `${'x '.repeat(50)}`]) {
    const candidates = slugCandidates(name)
    t.equal(candidates[0], slugify(name))
    t.ok(new Set(candidates).size > 3, 'there are several')
    for (const candidate of candidates) {
      t.match(candidate, new RegExp(limits.slug.pattern))
      t.ok(candidate.length >= limits.slug.min && candidate.length <= limits.slug.max, candidate)
    }
  }
})
