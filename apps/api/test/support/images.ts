import { crc32, deflateSync } from 'node:zlib'

/** The smallest whole images of each kind, with `text` in a place where the kind keeps remarks. */
export const images = { 'image/png': png, 'image/jpeg': jpeg, 'image/webp': webp }

export function png(text = ''): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`Comment\0${text}`)),
    chunk('IDAT', deflateSync(Buffer.from([0, 255]))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, checksum])
}

/** A black pixel, its compressed data with an escaped 0xff in it. */
export function jpeg(text = ''): Buffer {
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    segment(0xfe, Buffer.from(text)),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, Buffer.from('080001000101011100', 'hex')),
    segment(0xda, Buffer.from('0101003f00', 'hex')),
    Buffer.from('d2ff00cfffd0af', 'hex'),
    Buffer.from('ffd9', 'hex'),
  ])
}

function segment(kind: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, kind, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([head, data])
}

/** A pixel, lossless. */
export function webp(text = ''): Buffer {
  const remark = Buffer.from(text.padEnd(text.length + (text.length % 2)))
  const parts = [
    riff('VP8L', Buffer.from('2f00000000078850e88b8888feff', 'hex')),
    ...(text ? [riff('XMP ', remark)] : []),
  ]
  return riff('RIFF', Buffer.concat([Buffer.from('WEBP'), ...parts]))
}

function riff(name: string, data: Buffer): Buffer {
  const head = Buffer.from(`${name}\0\0\0\0`, 'latin1')
  head.writeUInt32LE(data.length, 4)
  return Buffer.concat([head, data])
}
