import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import { Export, ExportListQuery, ExportPage } from '@spintrack/contract/exports'
import { IdParams, ref } from '@spintrack/contract/shapes'
import { deleteExport, getExport, listExports, readExport, requestExport } from '@spintrack/domain/exports'
import { companyRefusals, keyRefusals, NoContent, NotModified } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['exports']
const read = { permission: 'exports.read' } as const
const write = { permission: 'exports.write' } as const

/** Archives of a company, for its people to take away. */
export async function exportRoutes(app: App, { publicUrl }: ApiOptions) {
  app.post(
    '/exports',
    {
      config: write,
      schema: {
        tags,
        operationId: 'createExport',
        summary: 'Ask for an archive of the company',
        description: 'It is made in the background: read it again until its `state` is `done`, then download it.',
        response: { 201: ref(Export), ...companyRefusals('forbidden', 'cross_site_request', ...keyRefusals) },
      },
    },
    async (request, reply) => {
      const asked = await requestExport(request.company)
      return reply.code(201).header('location', `/api/v1/exports/${asked.id}`).send(asked)
    },
  )

  app.get(
    '/exports',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listExports',
        summary: 'Archives, newest first',
        querystring: ExportListQuery,
        response: { 200: ref(ExportPage), ...companyRefusals('forbidden') },
      },
    },
    async (request, reply) => sendPage(request, reply, publicUrl, await listExports(request.company, request.query)),
  )

  app.get(
    '/exports/:id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getExport',
        summary: 'One archive and how far it is',
        params: IdParams,
        response: { 200: ref(Export), 304: NotModified, ...companyRefusals('forbidden', 'not_found') },
      },
    },
    async (request, reply) => sendResource(request, reply, await getExport(request.company, request.params.id)),
  )

  app.get(
    '/exports/:id/archive',
    {
      config: read,
      // A HEAD route of Fastify's would read the whole archive to throw it away.
      exposeHeadRoute: false,
      schema: {
        tags,
        operationId: 'downloadExport',
        summary: 'Download an archive',
        params: IdParams,
        response: {
          200: {
            description: 'The archive',
            content: { 'application/zip': { schema: Type.Unsafe<Readable>({ contentMediaType: 'application/zip' }) } },
          },
          304: NotModified,
          ...companyRefusals('forbidden', 'not_found', 'export_not_ready', 'export_expired'),
        },
      },
    },
    async (request, reply) => {
      const { company, params } = request
      const { createdAt, sizeBytes, sha256 } = await getExport(company, params.id)
      const archive = await begun(readExport(company, params.id))
      reply
        .type('application/zip')
        .header('content-length', sizeBytes)
        .header('content-disposition', `attachment; filename="${company.slug}-${createdAt.slice(0, 10)}.zip"`)
      return sendResource(request, reply, archive, String(sha256))
    },
  )

  app.delete(
    '/exports/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'deleteExport',
        summary: 'Delete an archive',
        params: IdParams,
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      await deleteExport(request.company, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** The pieces as a stream that is read as fast as it is taken. Throws what the first one throws, while that can be answered. */
async function begun(pieces: AsyncIterable<Buffer>): Promise<Readable> {
  const rest = pieces[Symbol.asyncIterator]()
  const first = await rest.next()
  return Readable.from(
    (async function* () {
      for (let piece = first; !piece.done; piece = await rest.next()) yield piece.value
    })(),
    { objectMode: false },
  )
}
