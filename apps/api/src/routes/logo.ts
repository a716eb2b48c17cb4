import { Type } from '@sinclair/typebox'
import { limits } from '@spintrack/contract/limits'
import { type ImageType, imageTypes } from '@spintrack/domain/images'
import { deleteLogo, getLogo, notAnImage, putLogo } from '@spintrack/domain/logo'
import { companyRefusals, NoContent, NotModified } from '../answers.ts'
import { sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import type { App } from '../types.ts'

const tags = ['company']
const images = Object.fromEntries(
  imageTypes.map(type => [type, { schema: Type.Unsafe<Buffer>({ contentMediaType: type }) }]),
) as Record<ImageType, { schema: ReturnType<typeof Type.Unsafe<Buffer>> }>

/** The company's logo, as a file. */
export async function logoRoutes(app: App, { tenancy }: ApiOptions) {
  app.get(
    '/company/logo',
    {
      config: { permission: 'company.read' },
      schema: {
        tags,
        operationId: 'getLogo',
        summary: 'The company’s logo',
        response: {
          200: { description: 'The image', content: images },
          304: NotModified,
          ...companyRefusals('not_found'),
        },
      },
    },
    async (request, reply) => {
      const { id, mediaType, content } = await getLogo(request.company)
      // Every answer of the API carries nosniff and default-src 'none', so bytes of people's choice run nothing.
      reply.header('content-disposition', 'inline').type(mediaType)
      return sendResource(request, reply, content, id)
    },
  )

  app.delete(
    '/company/logo',
    {
      config: { permission: 'company.update' },
      schema: {
        tags,
        operationId: 'deleteLogo',
        summary: 'Take the logo away',
        response: { 204: NoContent, ...companyRefusals('forbidden', 'cross_site_request', 'not_found') },
      },
    },
    async (request, reply) => {
      await deleteLogo(tenancy, request.company)
      return reply.code(204).send(null)
    },
  )

  // A context of its own, where images are read and JSON is not.
  await app.register(async (upload: App) => {
    upload.removeAllContentTypeParsers()
    upload.addContentTypeParser([...imageTypes], { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body)
    upload.addContentTypeParser('*', async () => {
      throw notAnImage('under its own content type')
    })
    upload.put(
      '/company/logo',
      {
        bodyLimit: limits.logoBytes,
        config: { permission: 'company.update' },
        schema: {
          tags,
          operationId: 'putLogo',
          summary: 'Set the logo',
          description: `The image itself as the body: PNG, JPEG or WebP, at most ${limits.logoBytes / 1024} KiB.`,
          body: { content: images },
          response: {
            204: NoContent,
            ...companyRefusals('forbidden', 'cross_site_request', 'body_too_large', 'unsupported_media_type'),
          },
        },
      },
      async (request, reply) => {
        await putLogo(tenancy, request.company, String(request.headers['content-type']), request.body as Buffer)
        return reply.code(204).send(null)
      },
    )
  })
}
