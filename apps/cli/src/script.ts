import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { rootCause } from '@spintrack/tenancy/errors'
import type { TenantDb } from '@spintrack/tenancy/handles'
import { tsImport } from 'tsx/esm/api'
import { CommandError } from './errors.ts'
import { table } from './output.ts'
import { readStatements, type Statement } from './statements.ts'

/** The company a script runs in, as it is told. */
export type ScriptCompany = { id: string; slug: string; name: string }

/** What a script gave: as JSON, and as text for a person. */
export type Result = { json: unknown; text(): string }

/** Runs in the scope of one company. May be run again from its start, as any work in a scope. */
export type Script = (db: TenantDb, company: ScriptCompany) => Promise<Result>

/**
 * Opens a .sql file, or a .ts or .js file whose default export is `async (db, { company }) => …`. Throws CommandError
 * when it is neither, cannot be read, or would leave its transaction.
 */
export async function openScript(file: string): Promise<Script> {
  const kind = extname(file)
  if (kind === '.sql') return sqlScript(readStatements(await read(file)))
  if (['.ts', '.mts', '.js', '.mjs'].includes(kind)) return functionScript(file)
  throw new CommandError(`Expected a .sql, .ts or .js file, got ${file}.`)
}

function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(error => {
    throw new CommandError(`Expected to read ${file}, got ${error.code}. Check its name and your rights.`)
  })
}

type Row = Record<string, unknown>
type Answer = { command: string; count: number | null; rows: Row[] }

function sqlScript(statements: Statement[]): Script {
  return async db => {
    const answers: Answer[] = []
    for (const { text, line } of statements) {
      // A query each: the extended protocol runs no second statement that the splitter may have overlooked.
      const { command, rowCount, rows } = await db.execute<Row>(text).catch(cause => {
        throw new StatementFailed(line, cause)
      })
      answers.push({ command, count: rowCount, rows })
    }
    return { json: answers, text: () => answers.map(describeAnswer).join('') }
  }
}

/** A statement of a file failed; says where. */
export class StatementFailed extends Error {
  override name = 'StatementFailed'
  constructor(line: number, cause: unknown) {
    super(`line ${line}: ${(rootCause(cause) as Error).message}`, { cause })
  }
}

async function functionScript(file: string): Promise<Script> {
  await read(file)
  const module = await tsImport(pathToFileURL(resolve(file)).href, import.meta.url)
  // Outside a package of type "module" a file is CommonJS, whose exports are the default.
  const work: unknown = module.default?.default ?? module.default
  if (typeof work !== 'function') {
    throw new CommandError(
      `Expected ${file} to export a function, got ${typeof work}: export default async (db, { company }) => …`,
    )
  }
  return async (db, company) => {
    const json: unknown = await work(db, { company })
    return { json, text: () => describeValue(json) }
  }
}

function describeAnswer({ command, count, rows }: Answer): string {
  return rows.length > 0 ? describeRows(rows) : `${command}${count === null ? '' : ` ${count}`}\n`
}

function describeValue(value: unknown): string {
  if (value === undefined) return ''
  if (isRows(value)) return describeRows(value)
  return `${typeof value === 'string' ? value : inspect(value, { depth: 6 })}\n`
}

function isRows(value: unknown): value is Row[] {
  return Array.isArray(value) && value.length > 0 && value.every(row => Object(row) === row && !Array.isArray(row))
}

function describeRows(rows: Row[]): string {
  const headings = Object.keys(rows[0] as Row)
  return table(
    headings,
    rows.map(row => headings.map(heading => describeCell(row[heading]))),
  )
}

function describeCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
