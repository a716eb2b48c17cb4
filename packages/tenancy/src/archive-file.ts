import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'

/** What keeps a file from being written, in words. */
const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full. Make room, or choose another place',
  EDQUOT: 'the quota of the disk is used up. Make room, or choose another place',
  ENOENT: 'there is no such folder. Make it, or choose another place',
  EACCES: 'the permission is missing. Choose another place',
  EROFS: 'nothing can be written there. Choose another place',
}

/** A file could not be written. Nothing of it is left, and whatever was there before is as it was. */
export class FileNotWritten extends Error {
  override name = 'FileNotWritten'
  constructor(path: string, reason: string, cause: unknown) {
    super(`${path} was not written: ${reason}.`, { cause })
  }
}

/**
 * Writes a file that appears under `path` when it is whole and safe on the disk, and else not at all: until then it is
 * called `<path>.<process id>.partial`, which is removed when `write` fails. Throws FileNotWritten, or what `write` threw.
 */
export async function writeWhole<T>(path: string, write: (destination: Writable) => Promise<T>): Promise<T> {
  const partial = `${path}.${process.pid}.partial`
  try {
    const value = await writePartial(partial, write)
    await rename(partial, path)
    await syncFolder(dirname(path))
    return value
  } catch (error) {
    await rm(partial, { force: true })
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    throw reason ? new FileNotWritten(path, reason, error) : error
  }
}

async function writePartial<T>(partial: string, write: (destination: Writable) => Promise<T>): Promise<T> {
  const file = await open(partial, 'w')
  // What comes while a write is under way goes together with the next.
  const destination = file.createWriteStream({ flush: true, highWaterMark: 1 << 20 })
  try {
    return await write(destination)
  } finally {
    destination.destroy()
    await file.close()
  }
}

/** Else the new name could be lost with the power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
