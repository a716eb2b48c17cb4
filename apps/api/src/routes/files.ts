import type { Readable, Writable } from 'node:stream'
import { type Static, type TObject, Type } from '@sinclair/typebox'
import { type FileFormat, fileTypes } from '@spintrack/contract/file-types'
import { ImportQuery, ImportReport } from '@spintrack/contract/files'
import { limits } from '@spintrack/contract/limits'
import { ref } from '@spintrack/contract/shapes'
import { ImportedSpinner, SpinnerExportQuery } from '@spintrack/contract/spinners'
import { ImportedSpin, SpinExportQuery } from '@spintrack/contract/spins'
import type { Company } from '@spintrack/domain/company'
import type { ImportOptions, Line } from '@spintrack/domain/imports'
import { exportSpins, importSpins } from '@spintrack/domain/spin-files'
import { exportSpinners, importSpinners } from '@spintrack/domain/spinner-files'
import { companyRefusals, keyRefusals } from '../answers.ts'
import { sendDownload } from '../files/download.ts'
import { readEntries } from '../files/entries.ts'
import { openUpload, type Upload, whileConnected } from '../files/upload.ts'
import { createTransfers, type Transfers } from '../transfers.ts'
import type { App } from '../types.ts'

/** Spins and spinners by the thousand, in files of any length. */
export async function fileRoutes(app: App) {
  const transfers = createTransfers()
  await app.register(async (files: App) => {
    // Whatever comes is a file, and its own content type says whether it is one we read.
    files.removeAllContentTypeParsers()
    files.addContentTypeParser('*', async (request: Parameters<typeof openUpload>[0]) => openUpload(request))
    addRoutes(files, spins, transfers)
    addRoutes(files, spinners, transfers)
  })
}

/** What is imported and exported. */
type Kind<Entry extends TObject, Query extends TObject> = {
  noun: 'spins' | 'spinners'
  /** How its name begins an operation's id. */
  id: string
  entry: Entry
  /** What an import does with a line. */
  note: string
  query: Query
  take(company: Company, lines: AsyncIterable<Line<Static<Entry>>[]>, options: ImportOptions): Promise<ImportReport>
  give(company: Company, query: Static<Query>, destination: Writable): Promise<void>
}

const spins: Kind<typeof ImportedSpin, typeof SpinExportQuery> = {
  noun: 'spins',
  id: 'Spins',
  entry: ImportedSpin,
  note: 'The spinner is named by `spinnerId` or, where that is left out or not known here, by `serialNumber`; it may be retired. Without `startedAt` the spin has just ended; without `memberId` it is yours.',
  query: SpinExportQuery,
  take: importSpins,
  give: exportSpins,
}

const spinners: Kind<typeof ImportedSpinner, typeof SpinnerExportQuery> = {
  noun: 'spinners',
  id: 'Spinners',
  entry: ImportedSpinner,
  note: 'A serial number that is taken, also by a line before, is refused.',
  query: SpinnerExportQuery,
  take: importSpinners,
  give: exportSpinners,
}

function addRoutes<Entry extends TObject, Query extends TObject>(
  app: App,
  kind: Kind<Entry, Query>,
  transfers: Transfers,
) {
  const { noun, id, entry, query, take, give } = kind
  app.post(
    `/${noun}/import`,
    {
      config: { permission: `${noun}.write` },
      schema: {
        tags: [noun],
        operationId: `import${id}`,
        summary: `Add the ${noun} of a file`,
        description: importing(kind),
        querystring: ImportQuery,
        body: { content: contents(`An \`${entry.$id}\``, entry) },
        response: {
          200: ref(ImportReport),
          ...companyRefusals(
            'forbidden',
            'cross_site_request',
            'unsupported_media_type',
            'too_many_transfers',
            ...keyRefusals,
          ),
        },
      },
    },
    async request => {
      const upload = (request.body as Upload | undefined) ?? openUpload(request)
      const lines = readEntries(upload, entry, request.compileValidationSchema(entry))
      const end = transfers.begin(request.company.id)
      return whileConnected(request, signal => take(request.company, lines, { ...request.query, signal })).finally(end)
    },
  )

  app.get(
    `/${noun}/export`,
    {
      config: { permission: `${noun}.read` },
      // A HEAD route of Fastify's would read everything to throw it away.
      exposeHeadRoute: false,
      schema: {
        tags: [noun],
        operationId: `export${id}`,
        summary: `All ${noun} in a file`,
        description: exporting,
        querystring: query,
        response: {
          200: { description: 'The file', content: contents(`One of the ${noun}`) },
          ...companyRefusals('too_many_transfers'),
        },
      },
    },
    async (request, reply) => {
      const { company } = request
      const asked = request.query as Static<Query> & { format?: FileFormat }
      const end = transfers.begin(company.id)
      return sendDownload(request, reply, {
        format: asked.format ?? 'csv',
        name: `${company.slug}-${noun}-${new Date().toISOString().slice(0, 10)}`,
        write: destination => give(company, asked, destination).finally(end),
      })
    },
  )
}

const kib = limits.import.lineBytes / 1024

function importing({ noun, entry, note }: Pick<Kind<TObject, TObject>, 'noun' | 'entry' | 'note'>): string {
  return [
    `The file is the body, of any length, in UTF-8: \`text/csv\` whose first line names its columns, in any order, or \`application/x-ndjson\` with one object a line. Each line is an \`${entry.$id}\`; what \`GET /api/v1/${noun}/export\` writes can be imported. \`Content-Encoding: gzip\` is understood. A line has at most ${kib} KiB.`,
    note,
    `Everything is kept or, when one line is refused, nothing; with \`partial\` the good lines are kept. The answer is 200 in each case and says what was kept: look at \`rejected\`. It lists the first ${limits.import.errors} errors and counts all. A file that cannot be read to its end is refused as a whole, and when the connection ends early nothing is kept.`,
    'Under an `Idempotency-Key` the same file, packed or not, takes effect once. A dry run, and an import that kept nothing, leaves the key free.',
  ].join('\n\n')
}

const exporting = [
  'Takes the filters of the list and is sent as it is written, however much it is: the state of one moment, in no order. `Accept-Encoding: gzip` packs it. An answer that breaks off is not whole.',
  'In CSV, text that a spreadsheet would take for a formula has an apostrophe in front, which an import takes away again.',
].join('\n\n')

/** What is on each line: JSON Schema has no word for lines, so it is said of the whole. */
function contents(one: string, line?: TObject) {
  return Object.fromEntries(
    Object.values(fileTypes).map(type => {
      const described = { contentMediaType: type, description: `${one} a line` }
      return [type, { schema: Type.Unsafe<Readable>({ ...described, ...(line && { contentSchema: ref(line) }) }) }]
    }),
  )
}
