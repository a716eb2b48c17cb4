/** Something the person at the terminal can mend. Its message says what to do; no stack is shown. */
export class CommandError extends Error {
  override name = 'CommandError'
}
