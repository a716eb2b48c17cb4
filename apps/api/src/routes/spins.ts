import { limits } from '@spintrack/contract/limits'
import { IdParams, ref } from '@spintrack/contract/shapes'
import {
  CreatedSpins,
  CreateSpin,
  CreateSpins,
  Spin,
  SpinListQuery,
  SpinPage,
  UpdateSpin,
} from '@spintrack/contract/spins'
import { createSpin, createSpins, deleteSpin, getSpin, listSpins, updateSpin } from '@spintrack/domain/spins'
import { companyRefusals, keyRefusals, NoContent, NotModified } from '../answers.ts'
import { demandedVersion, sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['spins']
const read = { permission: 'spins.read' } as const
const write = { permission: 'spins.write' } as const

/** The spins of a company. */
export async function spinRoutes(app: App, { publicUrl }: ApiOptions) {
  app.get(
    '/spins',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listSpins',
        summary: 'Spins, latest first',
        querystring: SpinListQuery,
        response: { 200: ref(SpinPage), ...companyRefusals() },
      },
    },
    async (request, reply) => sendPage(request, reply, publicUrl, await listSpins(request.company, request.query)),
  )

  app.post(
    '/spins',
    {
      config: write,
      schema: {
        tags,
        operationId: 'createSpin',
        summary: 'Record a spin',
        description: 'Without `startedAt` the spin has just ended; without `memberId` it is yours.',
        body: CreateSpin,
        response: {
          201: ref(Spin),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'spinner_retired', ...keyRefusals),
        },
      },
    },
    async (request, reply) => {
      const { value, version } = await createSpin(request.company, request.body)
      reply.code(201).header('location', `/api/v1/spins/${value.id}`)
      return sendResource(request, reply, value, version)
    },
  )

  app.post(
    '/spins/batch',
    {
      bodyLimit: limits.batch.bytes,
      config: write,
      schema: {
        tags,
        operationId: 'createSpins',
        summary: 'Record many spins',
        description: `Up to ${limits.batch.items}, all or nothing, each as in \`POST /api/v1/spins\`. For more, import a file.`,
        body: CreateSpins,
        response: {
          201: ref(CreatedSpins),
          ...companyRefusals(
            'forbidden',
            'cross_site_request',
            'not_found',
            'spinner_retired',
            'body_too_large',
            ...keyRefusals,
          ),
        },
      },
    },
    async (request, reply) => reply.code(201).send(await createSpins(request.company, request.body)),
  )

  app.get(
    '/spins/:id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getSpin',
        summary: 'One spin',
        params: IdParams,
        response: { 200: ref(Spin), 304: NotModified, ...companyRefusals('not_found') },
      },
    },
    async (request, reply) => {
      const { value, version } = await getSpin(request.company, request.params.id)
      return sendResource(request, reply, value, version)
    },
  )

  app.patch(
    '/spins/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'updateSpin',
        summary: 'Correct a spin',
        params: IdParams,
        body: UpdateSpin,
        response: {
          200: ref(Spin),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      const { value, version } = await updateSpin(
        request.company,
        request.params.id,
        request.body,
        demandedVersion(request),
      )
      return sendResource(request, reply, value, version)
    },
  )

  app.delete(
    '/spins/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'deleteSpin',
        summary: 'Delete a spin',
        params: IdParams,
        response: {
          204: NoContent,
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      await deleteSpin(request.company, request.params.id, demandedVersion(request))
      return reply.code(204).send(null)
    },
  )
}
