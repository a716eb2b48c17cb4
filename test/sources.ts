import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

export type Source = { path: string; text: string; imports: string[] }

/** Every TypeScript file that git knows or would take, below one of `folders`, with what it imports. */
export function sources(...folders: string[]): Source[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...folders], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter(path => /\.tsx?$/.test(path) && !path.includes('/generated/'))
    .map(path => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(text) }
    })
}

type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> }

/** The package.json of a part. */
export function manifest(part: string): Manifest {
  return JSON.parse(readFileSync(join(root, part, 'package.json'), 'utf8'))
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|[\n;}] ?|\s)(?:from|import)\s*\(?\s*'([@\w.][\w@./-]*)'/g)].map(
    match => match[1] as string,
  )
}
