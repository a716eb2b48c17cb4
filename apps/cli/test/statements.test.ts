import t from 'tap'
import { readStatements } from '../src/statements.ts'

const texts = (sql: string) => readStatements(sql).map(({ text }) => text)

t.test('semicolons in strings, names, dollar quotes and comments end no statement', async t => {
  const whole = [
    `select 'a;b', 'it''s;'`,
    'select 1 as "a;b"',
    'select $$a;b$$, $tag$ c; $$ d; $tag$',
    'select 1 -- a; b\n+ 1',
    'select /* a; b */ 1',
  ]
  for (const text of whole) t.strictSame(texts(`${text};\nselect 2`), [text, 'select 2'])
})

t.test('statements know their lines, and what is empty is none', async t => {
  t.strictSame(readStatements('-- only a comment\n;\n\nselect 1;;\n/* and\nanother */\nselect\n 2;\n\n-- the end'), [
    { text: 'select 1', line: 4 },
    { text: '/* and\nanother */\nselect\n 2', line: 5 },
  ])
  t.strictSame(readStatements(''), [])
})

const leaving = [
  'commit',
  'COMMIT AND CHAIN',
  'rollback',
  'rollback to savepoint a',
  'end',
  'abort',
  'begin',
  'start transaction',
  'savepoint a',
  'release a',
  "prepare transaction 'a'",
  'set role other',
  'set local role other',
  'reset role',
  'set session authorization other',
  'set search_path to other',
  'set local search_path to other',
  'set transaction read write',
  'set statement_timeout to 0',
  'discard all',
  '-- why\ncommit',
  '-- why\rcommit',
  '/* why */ commit',
  '/* a /* nested; */ comment */ commit',
  '\t/**/--\n/**/commit',
]

for (const text of leaving) {
  t.test(`a file may not leave its transaction, company or limits: ${JSON.stringify(text)}`, async t => {
    t.throws(() => readStatements(`select 1;\n${text};\nselect 2`), {
      name: 'CommandError',
      message: /^Line 2: expected/,
    })
  })
}

t.test('limits may be set for the transaction, and words are not mistaken for others', async t => {
  const fine = [
    "set local statement_timeout to '1min'",
    'SET LOCAL lock_timeout = 100',
    "update spins set note = 'commit'",
    'select 1 as commit',
    '/* commit */ select 1',
    'begins',
  ]
  t.strictSame(texts(fine.join(';')), fine)
})
