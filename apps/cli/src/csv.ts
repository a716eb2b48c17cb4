/** Values as CSV (RFC 4180), with a heading. What a spreadsheet would take for a formula gets an apostrophe in front. */
export function csv(headings: string[], rows: (string | number | null)[][]): string {
  return [headings, ...rows].map(row => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
