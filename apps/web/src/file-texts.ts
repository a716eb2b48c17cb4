/** The words about files that are imported and exported, in English. Apart from the others, as no first page says them. */
export const fileTexts = {
  menu: 'Import and export',
  importItem: 'Import a file…',
  exportItem: { csv: 'Export as CSV', ndjson: 'Export as NDJSON' },

  title: { spins: 'Import spins', spinners: 'Import spinners' },
  choose: 'Choose a file',
  chooseOther: 'Choose another file',
  formats: 'CSV or NDJSON, also packed with gzip. Nothing is added before you have seen what is in it.',
  columns: 'Columns, the first two required:',
  example: {
    spins: 'serialNumber,durationMs,startedAt,note',
    spinners: 'serialNumber,name,model,colour,status',
  },
  exported: 'A file exported here fits as it is.',
  unknownType: (name: string) =>
    `“${name}” is neither a CSV nor an NDJSON file. Its name should end with .csv or .ndjson.`,

  checking: (name: string) => `Checking ${name} …`,
  importing: (name: string) => `Importing ${name} …`,
  none: 'There is nothing in this file.',
  fits: {
    spins: (count: number) => `${counted(count, 'spin')} can be added.`,
    spinners: (count: number) => `${counted(count, 'spinner')} can be added.`,
  },
  refused: (count: number) => `${counted(count, 'line')} cannot.`,
  firstErrors: (shown: number) => `The first ${shown} of them:`,
  line: 'Line',
  problem: 'What is wrong',
  add: (count: number) => `Add ${new Intl.NumberFormat().format(count)}`,
  addGood: (count: number) =>
    count === 1 ? 'Add the good one' : `Add the ${new Intl.NumberFormat().format(count)} good ones`,
  added: {
    spins: (count: number) => `${counted(count, 'spin')} added.`,
    spinners: (count: number) => `${counted(count, 'spinner')} added.`,
  },
} as const

function counted(count: number, noun: string): string {
  return `${new Intl.NumberFormat().format(count)} ${noun}${count === 1 ? '' : 's'}`
}
