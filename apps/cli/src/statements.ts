import { postgreSplitterOptions, splitQuery } from 'dbgate-query-splitter'
import type { SplitResultItemRich } from 'dbgate-query-splitter/lib/splitQuery.js'
import { CommandError } from './errors.ts'

/** One statement of a file, and the line it begins on, from 1. */
export type Statement = { text: string; line: number }

/**
 * The statements of a .sql file; semicolons in strings, dollar quotes and comments end none. Throws CommandError for a
 * statement that would leave the transaction, the company or the limits that the file runs under.
 */
export function readStatements(sql: string): Statement[] {
  const items = splitQuery(sql, { ...postgreSplitterOptions, returnRichInfo: true }) as SplitResultItemRich[]
  const statements = items
    .map(({ text, trimStart, start }) => ({ text, line: (trimStart ?? start).line + 1 }))
    .filter(({ text }) => afterComments(text) !== '')
  for (const { text, line } of statements) {
    const [word] = leaving.exec(afterComments(text)) ?? []
    if (word) {
      throw new CommandError(
        `Line ${line}: expected a statement that stays within one transaction of one company, got ${word.toUpperCase()}. ` +
          'Take it out: each company is a transaction of its own, stored when the whole file has succeeded. ' +
          `Of settings only these may be set: SET LOCAL ${settable.join(', ')}.`,
      )
    }
  }
  return statements
}

const settable = ['statement_timeout', 'lock_timeout', 'work_mem']

const leaving = new RegExp(
  `^(begin|start|commit|end|abort|rollback|savepoint|release|prepare|discard|reset|set(?!\\s+local\\s+(${settable.join('|')})\\b))\\b`,
  'i',
)

/** The text from its first word on. Comments of PostgreSQL nest, which the splitter does not know. */
function afterComments(text: string): string {
  const rest = text.trimStart()
  if (rest.startsWith('--')) return afterComments(rest.replace(/^[^\r\n]*/, ''))
  if (!rest.startsWith('/*')) return rest
  let depth = 0
  for (const { 0: mark, index } of rest.matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1
    if (depth === 0) return afterComments(rest.slice(index + 2))
  }
  return rest
}
