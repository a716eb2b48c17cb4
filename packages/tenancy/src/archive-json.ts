import type { Collector } from './snapshot.ts'

/** How the values of a column stand in JSON; `text` is PostgreSQL's text form in a string. */
export type Form = 'number' | 'boolean' | 'text'

const tab = 0x09
const newline = 0x0a

/** The most bytes of JSON that one byte of COPY becomes: `["\u0001`. */
const mostBytes = 8

/** JSON under way, and how many rows of it are finished. */
export type JsonLines = Collector & { readonly rows: number }

/**
 * Turns what COPY … TO STDOUT sends, in pieces cut anywhere, into JSON: an array on a line for each row.
 *
 * It follows tables from byte to byte and looks into no value, since the speed of an export hangs on this. COPY and
 * JSON escape alike, so that most bytes stay as they are.
 */
export function jsonLines(forms: readonly Form[]): JsonLines {
  const starts = forms.map((form, column) => (column === 0 ? rowStarts : fieldStarts)[form])
  let json: Buffer = Buffer.allocUnsafeSlow(firstBytes)
  let length = 0
  let rows = 0
  let column = 0
  let place = starts[column] as Place

  function add(bytes: Buffer): void {
    if (json.length < length + bytes.length * mostBytes) json = enlarged(json, length, bytes.length * mostBytes)
    const target = json
    let here = place
    let plain = here.plain
    let at = length
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] as number
      if (plain[byte] === 1) {
        target[at++] = byte
        continue
      }
      for (const written of here.json[byte] as number[]) target[at++] = written
      if (byte === tab) column++
      if (byte === newline) {
        column = 0
        rows++
      }
      here = here.next[byte] ?? (starts[column] as Place)
      plain = here.plain
    }
    place = here
    length = at
  }

  return {
    get rows() {
      return rows
    },
    get length() {
      return length
    },
    add,
    take() {
      const taken = Buffer.from(json.subarray(0, length))
      length = 0
      return taken
    },
  }
}

/** Room for a piece of a stream and a row. */
const firstBytes = 256 << 10

function enlarged(json: Buffer, length: number, more: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(2 * (length + more))
  json.copy(larger, 0, 0, length)
  return larger
}

/** A place in a row: what the next byte becomes there, and the place it leads to; none where a field ends. */
type Place = {
  json: number[][]
  next: (Place | undefined)[]
  /** 1 for the bytes that stay as they are and lead nowhere else. */
  plain: Uint8Array
}

const newPlace = (): Place => ({ json: [], next: [], plain: new Uint8Array(256) })

function define(place: Place, step: (character: string) => [json: string, next: Place]): Place {
  for (let byte = 0; byte < 256; byte++) {
    const character = String.fromCharCode(byte)
    const [json, next] = step(character)
    place.json[byte] = [...Buffer.from(json, 'latin1')]
    place.next[byte] = byte === tab || byte === newline ? undefined : next
    place.plain[byte] = json === character && next === place ? 1 : 0
  }
  return place
}

/** Inside a number, and behind a word, where nothing but an end can follow. */
const bare = newPlace()
define(bare, character => [ends(character, '') ?? character, bare])

/** Inside a text, and in it behind a backslash. */
const text = newPlace()
const textEscape = newPlace()
define(text, character => (character === '\\' ? ['', textEscape] : [ends(character, '"') ?? inString(character), text]))
define(textEscape, character => [escapeOf(character), text])

const fieldStarts = startsAfter('')
const rowStarts = startsAfter('[')

/** The starts of a field, with what comes before it: which its first byte tells, as a null has no quotes. */
function startsAfter(before: string): Record<Form, Place> {
  const number = newPlace()
  const boolean = newPlace()
  const string = newPlace()
  const nullOnly = define(newPlace(), () => [`${before}null`, bare])
  const nullOrText = define(newPlace(), character =>
    character === 'N' ? [`${before}null`, bare] : [`${before}"${escapeOf(character)}`, text],
  )
  define(number, character => (character === '\\' ? ['', nullOnly] : [before + character, bare]))
  define(boolean, character =>
    character === '\\' ? ['', nullOnly] : [before + (character === 't' ? 'true' : 'false'), bare],
  )
  define(string, character =>
    character === '\\' ? ['', nullOrText] : [`${before}"${ends(character, '"') ?? inString(character)}`, text],
  )
  return { number, boolean, text: string }
}

/** What closes a field at a tab, and a row at a newline. */
function ends(character: string, quote: string): string | undefined {
  return { '\t': `${quote},`, '\n': `${quote}]\n` }[character]
}

/** COPY leaves control characters as they are, but for the few that have an escape. */
function inString(character: string): string {
  return character < ' ' || character === '"' ? JSON.stringify(character).slice(1, -1) : character
}

/** All escapes of COPY are those of JSON but one. */
function escapeOf(character: string): string {
  return character === 'v' ? '\\u000b' : `\\${character}`
}
