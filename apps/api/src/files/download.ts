import { once } from 'node:events'
import { PassThrough, pipeline, type Readable, type Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type FileFormat, fileTypes } from '@spintrack/contract/file-types'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** A file to send: what writes it, and what it is called without its ending. */
export type Download = { format: FileFormat; name: string; write(destination: Writable): Promise<void> }

/**
 * Sends a file while it is being written, no faster than it is taken, and with gzip where that is welcome. Throws what
 * `write` throws before the first byte; later the answer breaks off, so that nobody takes it for whole.
 */
export async function sendDownload(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { format, name, write }: Download,
): Promise<FastifyReply> {
  const file = await begun(write)
  reply
    .type(format === 'csv' ? `${fileTypes.csv}; charset=utf-8; header=present` : fileTypes.ndjson)
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .header('vary', 'accept-encoding')
  if (!welcomesGzip(headers['accept-encoding'])) return reply.send(file)
  return reply.header('content-encoding', 'gzip').send(pipeline(file, createGzip(), () => {}))
}

async function begun(write: Download['write']): Promise<Readable> {
  const file = new PassThrough()
  const written = write(file)
  // Heard here until the first byte, and by who reads the file afterwards. Only when nothing is held for it any more does
  // its receiver see its end, and ask for the next.
  written.then(
    () => file.end(),
    error => file.destroy(error),
  )
  await Promise.race([once(file, 'readable'), written])
  return file
}

/** RFC 9110, section 12.5.3, as far as it is about gzip. */
function welcomesGzip(accepted: string | string[] = ''): boolean {
  const gzip = /(?:^|,)\s*(?:x-)?gzip\s*(?:;\s*q=([\d.]+)\s*)?(?=,|$)/i.exec(String(accepted))
  return gzip !== null && Number(gzip[1] ?? 1) > 0
}
