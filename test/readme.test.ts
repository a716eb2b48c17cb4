import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')

t.test('the script in the README is the one that CI runs', async t => {
  const block = /```sh\n(api=[\s\S]*?)```/.exec(read('README.md'))?.[1]
  t.ok(
    block && read('examples/scripts/record-a-spin.sh').endsWith(block),
    'copy examples/scripts/record-a-spin.sh into the README',
  )
})

t.test('every command the README names exists', async t => {
  const { scripts } = JSON.parse(read('package.json'))
  const named = [...read('README.md').matchAll(/npm (?:run )?(start|test|[a-z]+:?[a-z]*)(?=`| )/g)].map(
    match => match[1] as string,
  )
  t.ok(named.length > 4)
  t.strictSame(
    named.filter(name => name !== 'ci' && !(name in scripts)),
    [],
  )
})

for (const document of documents) {
  t.test(`every link in ${document} leads somewhere`, async t => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(match => match[1] as string)
    t.strictSame(
      links.filter(link => !existsSync(join(root, dirname(document), link))),
      [],
    )
  })
}
