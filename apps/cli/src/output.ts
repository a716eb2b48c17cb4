/** Writes to standard output, for what was asked for. */
export function print(text: string): void {
  process.stdout.write(text)
}

/** Writes to standard error, for everything else. */
export function printError(text: string): void {
  process.stderr.write(text)
}

/** Rows as columns that line up, with a heading. */
export function table(headings: string[], rows: string[][]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map(row => (row[column] ?? '').length)),
  )
  return [headings, ...rows]
    .map(
      row =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
