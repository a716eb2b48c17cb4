/** The kinds of image a logo may be. Not SVG, which is a document that runs scripts. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/webp'] as const
export type ImageType = (typeof imageTypes)[number]

/**
 * The kind of image that `bytes` are from the first byte to the last, whatever they were called; undefined for anything
 * else. What follows the end of an image is no part of it: a file that is also an archive or a page is refused.
 */
export function imageType(bytes: Buffer): ImageType | undefined {
  return imageTypes.find(type => isImage[type](bytes))
}

const isImage: Record<ImageType, (bytes: Buffer) => boolean> = {
  'image/png': isPng,
  'image/jpeg': isJpeg,
  'image/webp': isWebp,
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex')

/** PNG (third edition), 5: a signature, then chunks of length, name, data and checksum, IHDR first and IEND last. */
function isPng(bytes: Buffer): boolean {
  if (!bytes.subarray(0, 8).equals(pngSignature)) return false
  if (nameAt(bytes, 12) !== 'IHDR' || !hasArea(bytes, 16, 20)) return false
  let at = 8
  while (at + 12 <= bytes.length) {
    const name = nameAt(bytes, at + 4)
    at += 12 + bytes.readUInt32BE(at)
    if (name === 'IEND') return at === bytes.length
  }
  return false
}

function hasArea(bytes: Buffer, width: number, height: number): boolean {
  return bytes.length >= height + 4 && bytes.readUInt32BE(width) > 0 && bytes.readUInt32BE(height) > 0
}

const marker = { start: 0xd8, end: 0xd9, scan: 0xda }
/** Start of frame: what says how large the image is. */
const frames = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])

/** ITU-T T.81, annex B: segments that begin with 0xff and a marker, a frame before the first scan, and the end last. */
function isJpeg(bytes: Buffer): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== marker.start) return false
  let framed = false
  let at = 2
  while (at + 2 <= bytes.length && bytes[at] === 0xff) {
    const kind = bytes[at + 1] as number
    if (kind === marker.end) return framed && at + 2 === bytes.length
    if (at + 4 > bytes.length) return false
    framed ||= frames.has(kind)
    at += 2 + bytes.readUInt16BE(at + 2)
    if (kind === marker.scan) at = endOfScan(bytes, at)
  }
  return false
}

/** The next marker after compressed data, in which 0xff is followed by 0x00 or is a restart. */
function endOfScan(bytes: Buffer, from: number): number {
  let at = from
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1] as number
    if (bytes[at] === 0xff && next !== 0x00 && !(next >= 0xd0 && next <= 0xd7)) return at
    at++
  }
  return bytes.length
}

/** RFC 9649: a RIFF file of exactly its length whose first chunk is an image. */
function isWebp(bytes: Buffer): boolean {
  return (
    bytes.length >= 30 &&
    nameAt(bytes, 0) === 'RIFF' &&
    bytes.readUInt32LE(4) + 8 === bytes.length &&
    nameAt(bytes, 8) === 'WEBP' &&
    ['VP8 ', 'VP8L', 'VP8X'].includes(nameAt(bytes, 12)) &&
    bytes.readUInt32LE(16) + 20 <= bytes.length
  )
}

/** Four bytes as the text that chunks are named with. */
function nameAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4)
}
