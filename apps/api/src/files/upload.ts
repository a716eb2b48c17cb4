import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type FileFormat, fileTypes } from '@spintrack/contract/file-types'
import { limits } from '@spintrack/contract/limits'
import { ProblemError } from '@spintrack/contract/problems'
import type { FastifyRequest } from 'fastify'

/** A file that is being received. */
export type Upload = {
  format: FileFormat
  /** What the file holds, unpacked, once and no faster than it is taken. Throws ProblemError when it ends early or is no gzip. */
  bytes: AsyncGenerator<Buffer>
  /** SHA-256 of what the file holds, in hex. Reads to its end what was not read yet. */
  digest(): Promise<string>
}

/** Opens the body of a request as a file. Throws `unsupported_media_type`. */
export function openUpload({ raw, headers }: FastifyRequest): Upload {
  const format = formatOf(headers['content-type'])
  const hash = createHash('sha256')
  const received = receive(raw)
  const bytes = metered(isPacked(headers['content-encoding']) ? unpack(received) : received, piece =>
    hash.update(piece),
  )
  let digest: string | undefined
  return {
    format,
    bytes,
    async digest() {
      for await (const _ of bytes);
      digest ??= hash.digest('hex')
      return digest
    },
  }
}

/** Runs `work` with a signal that is aborted when the sender goes away, and with it whoever would hear the answer. */
export async function whileConnected<T>(
  { raw }: FastifyRequest,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const connected = new AbortController()
  const onClose = () => connected.abort(brokenOff())
  raw.socket.once('close', onClose)
  try {
    return await work(connected.signal)
  } finally {
    raw.socket.off('close', onClose)
  }
}

/** Whether a file is being received on this connection, which may take longer than other requests. */
export function isReceiving(socket: Socket): boolean {
  return receiving.has(socket)
}

/** The body on each: another one may have begun before the end of the last is noticed. */
const receiving = new WeakMap<Socket, IncomingMessage>()

function formatOf(contentType = ''): FileFormat {
  const [type, charset] = contentType
    .toLowerCase()
    .split(';', 2)
    .map(part => part.trim())
  const format = Object.entries(fileTypes).find(([, known]) => known === type)?.[0]
  if (format && (!charset?.startsWith('charset=') || /^charset="?utf-8"?$/.test(charset))) return format as FileFormat
  throw new ProblemError(
    'unsupported_media_type',
    `Send the file as ${Object.values(fileTypes).join(' or ')}, in UTF-8, got ${contentType || 'no content type'}.`,
  )
}

function isPacked(encoding = 'identity'): boolean {
  const packed = /^(x-)?gzip$/i.test(encoding)
  if (packed || /^identity$/i.test(encoding)) return packed
  throw new ProblemError('unsupported_media_type', `Send the file as it is or with gzip, got ${encoding}.`)
}

/** The body as it comes. When nobody wants the rest, it is read past: a client that is still sending hears no answer. */
async function* receive(body: IncomingMessage): AsyncGenerator<Buffer> {
  receiving.set(body.socket, body)
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (cause) {
    throw brokenOff(cause)
  } finally {
    if (receiving.get(body.socket) === body) receiving.delete(body.socket)
    readPast(body)
  }
}

function brokenOff(cause?: unknown): ProblemError {
  return new ProblemError('invalid_request', 'The connection ended before the import did, and nothing was kept.', {
    cause,
  })
}

const readPastMs = 15_000

function readPast(body: IncomingMessage): void {
  if (body.readableEnded || body.destroyed) return
  const timer = setTimeout(() => body.destroy(), readPastMs).unref()
  body.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer))
  body.resume()
}

async function* unpack(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let [came, went] = [0, 0]
  const gunzip = createGunzip()
  // Its errors come out of the other end.
  pipeline(Readable.from(metered(packed, piece => (came += piece.length))), gunzip, () => {})
  try {
    for await (const piece of gunzip) {
      went += piece.length
      if (went > spareBytes && went > came * limits.import.unpackedTimes) throw bomb()
      yield piece
    }
  } catch (cause) {
    throw cause instanceof ProblemError ? cause : notGzip(cause)
  }
}

/** A small file may well unpack to many times its size. */
const spareBytes = 1 << 20

function bomb(): ProblemError {
  return new ProblemError(
    'invalid_request',
    `The file unpacks to more than ${limits.import.unpackedTimes} times its size. Send it without gzip.`,
  )
}

function notGzip(cause: unknown): ProblemError {
  return new ProblemError('invalid_request', 'The file is not gzip as its Content-Encoding says, or was cut off.', {
    cause,
  })
}

async function* metered(pieces: AsyncIterable<Buffer>, see: (piece: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    see(piece)
    yield piece
  }
}
