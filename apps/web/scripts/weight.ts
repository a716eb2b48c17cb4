/**
 * Fails the build when a page's first load needs more compressed JavaScript than a slow phone should be asked for.
 * Counts what the page really waits for: the entry, the page's own chunk, and everything those import statically.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const limitKiB = 200
const dist = new URL('../dist/', import.meta.url)

type Chunk = { file: string; isEntry?: boolean; isDynamicEntry?: boolean; imports?: string[] }
const manifest: Record<string, Chunk> = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const entry = Object.keys(manifest).find(name => manifest[name]?.isEntry)
if (!entry) throw new Error('expected an entry in dist/.vite/manifest.json, found none; run vite build first')

const pages = Object.keys(manifest).filter(name => name.startsWith('src/pages/') && manifest[name]?.isDynamicEntry)
// Pages of a company stand inside its layout, which is a chunk of its own.
const layout = 'src/pages/company.tsx'
const outside = [
  'landing',
  'log-in',
  'sign-up',
  'mail',
  'invite',
  'verify',
  'reset',
  'new-password',
  'account',
  'companies',
  'new-company',
].map(name => `src/pages/${name}.tsx`)
const weights = pages
  .map(page => ({ page, kib: compressedKiB([entry, ...(outside.includes(page) ? [] : [layout]), page]) }))
  .sort((one, other) => other.kib - one.kib)

for (const { page, kib } of weights) print(`${kib.toFixed(1).padStart(7)} KiB  ${page}`)
const heaviest = weights[0]
if (heaviest && heaviest.kib > limitKiB) {
  print(`Expected at most ${limitKiB} KiB of compressed JavaScript, ${heaviest.page} needs ${heaviest.kib.toFixed(1)}.`)
  print('Load what it does not show at once with import(), or do without the dependency.')
  process.exitCode = 1
}

function compressedKiB(chunks: string[]): number {
  const needed = new Set<string>()
  for (const chunk of chunks) collect(chunk, needed)
  return [...needed].reduce((total, file) => total + gzipSync(readFileSync(new URL(file, dist))).length, 0) / 1024
}

function collect(name: string, files: Set<string>) {
  const chunk = manifest[name]
  if (!chunk || files.has(chunk.file)) return
  files.add(chunk.file)
  for (const imported of chunk.imports ?? []) collect(imported, files)
}

function print(line: string) {
  process.stdout.write(`${line}\n`)
}
