import { isUtf8 } from 'node:buffer'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'

/** A line of a file: its number from 1, its text without the line break, and what is wrong with its characters. */
export type TextLine = { line: number; text: string; flaw?: string | undefined }

/**
 * The lines of a file, some at a time; empty ones are left out. With `quoted` a line break between quotation marks is a
 * part of the line, as in CSV. Throws `invalid_request` for a line that is too long or whose quotation never ends.
 */
export async function* readLines(bytes: AsyncIterable<Buffer>, quoted: boolean): AsyncGenerator<TextLine[]> {
  let line = 1
  let open: TextLine | undefined
  for await (const { text, damaged } of wholeLines(bytes)) {
    const lines: TextLine[] = []
    for (let at = 0, end = 0, row = 0; at < text.length; at = end + 1, line++, row++) {
      end = text.indexOf('\n', at)
      if (end === -1) end = text.length
      const part = text.slice(at, end)
      const goesOn = quoted && (open !== undefined) !== hasOddMarks(part)
      const flaw = flawOf(part, damaged.has(row))
      const current: TextLine = open
        ? { line: open.line, text: `${open.text}\n${part}`, flaw: open.flaw ?? flaw }
        : { line, text: part, flaw }
      if (current.text.length > limits.import.lineBytes) throw tooLong(current.line)
      open = goesOn ? current : undefined
      if (goesOn) continue
      if (current.text.endsWith('\r')) current.text = current.text.slice(0, -1)
      if (current.text.trim() !== '') lines.push(current)
    }
    if (lines.length > 0) yield lines
  }
  if (open) throw refuseFile(`Line ${open.line} begins a quotation that never ends.`)
}

/** The refusal of a file as a whole. */
export function refuseFile(detail: string): ProblemError {
  return new ProblemError('invalid_request', `${detail} Nothing was kept.`)
}

/**
 * The text of the file in pieces that end with a line, and which lines of a piece, from 0, are no UTF-8. What begins the
 * file to mark its encoding is left out.
 */
async function* wholeLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<{ text: string; damaged: Set<number> }> {
  let rest: Buffer[] = []
  let restBytes = 0
  let isFirst = true
  const take = (end: Buffer) => {
    const whole = Buffer.concat([...rest, end])
    const text = isFirst ? whole.toString().replace(/^\ufeff/, '') : whole.toString()
    rest = []
    restBytes = 0
    isFirst = false
    return { text, damaged: damagedLines(whole) }
  }
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(newline) + 1
    if (end > 0) yield take(piece.subarray(0, end))
    if (end === piece.length) continue
    rest.push(piece.subarray(end))
    restBytes += piece.length - end
    if (restBytes > limits.import.lineBytes) throw tooLong()
  }
  if (restBytes > 0) yield take(Buffer.alloc(0))
}

const newline = 0x0a

function tooLong(line?: number): ProblemError {
  const which = line === undefined ? 'A line' : `Line ${line}`
  return refuseFile(`${which} is longer than ${limits.import.lineBytes / 1024} KiB; perhaps a quotation never ends.`)
}

function damagedLines(piece: Buffer): Set<number> {
  const damaged = new Set<number>()
  if (isUtf8(piece)) return damaged
  for (let at = 0, end = 0, row = 0; at < piece.length; at = end + 1, row++) {
    end = piece.indexOf(newline, at)
    if (end === -1) end = piece.length
    if (!isUtf8(piece.subarray(at, end))) damaged.add(row)
  }
  return damaged
}

function flawOf(text: string, isDamaged: boolean): string | undefined {
  if (isDamaged) return 'is not UTF-8'
  return text.includes('\0') ? 'has a NUL character' : undefined
}

/** Whether a quotation begins here that does not end, or the other way round; a mark inside of one is doubled. */
function hasOddMarks(text: string): boolean {
  let odd = false
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) odd = !odd
  return odd
}
