import { text } from 'node:stream/consumers'

// Adds up the closing lines of every tap run on standard input; prints "<passed> <failed>".
let passed = 0
let failed = 0
for (const [, summary] of (await text(process.stdin)).matchAll(/# \{ (total: \d+[^}]*) \}/g)) {
  passed += Number(/pass: (\d+)/.exec(summary)?.[1] ?? 0)
  failed += Number(/fail: (\d+)/.exec(summary)?.[1] ?? 0)
}
process.stdout.write(`${passed} ${failed}\n`)
