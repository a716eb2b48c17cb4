import { createInterface } from 'node:readline/promises'
import { CommandError } from './errors.ts'

type Terminal = { input: NodeJS.ReadableStream & { isTTY?: boolean }; output: NodeJS.WritableStream }

/** Has the person at the terminal type `word`. Throws CommandError when they type something else, or nobody is there. */
export async function confirm(
  question: string,
  word: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  if (!input.isTTY) throw new CommandError('There is no terminal to ask at. Say --yes if you are sure.')
  const terminal = createInterface({ input, output })
  try {
    const typed = await terminal.question(question)
    if (typed.trim() !== word)
      throw new CommandError(`Expected ${word}, got ${JSON.stringify(typed)}. Nothing was changed.`)
  } finally {
    terminal.close()
  }
}
