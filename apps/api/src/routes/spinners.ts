import { IdParams, ref } from '@spintrack/contract/shapes'
import { CreateSpinner, Spinner, SpinnerListQuery, SpinnerPage, UpdateSpinner } from '@spintrack/contract/spinners'
import { createSpinner, deleteSpinner, getSpinner, listSpinners, updateSpinner } from '@spintrack/domain/spinners'
import { companyRefusals, keyRefusals, NoContent, NotModified } from '../answers.ts'
import { demandedVersion, sendResource } from '../etags.ts'
import type { ApiOptions } from '../options.ts'
import { sendPage } from '../pages.ts'
import type { App } from '../types.ts'

const tags = ['spinners']
const read = { permission: 'spinners.read' } as const
const write = { permission: 'spinners.write' } as const

/** The spinners of a company. */
export async function spinnerRoutes(app: App, { publicUrl }: ApiOptions) {
  app.get(
    '/spinners',
    {
      config: read,
      schema: {
        tags,
        operationId: 'listSpinners',
        summary: 'Spinners, newest first',
        querystring: SpinnerListQuery,
        response: { 200: ref(SpinnerPage), ...companyRefusals() },
      },
    },
    async (request, reply) => sendPage(request, reply, publicUrl, await listSpinners(request.company, request.query)),
  )

  app.post(
    '/spinners',
    {
      config: write,
      schema: {
        tags,
        operationId: 'createSpinner',
        summary: 'Add a spinner',
        body: CreateSpinner,
        response: {
          201: ref(Spinner),
          ...companyRefusals('forbidden', 'cross_site_request', 'serial_number_taken', 'not_found', ...keyRefusals),
        },
      },
    },
    async (request, reply) => {
      const spinner = await createSpinner(request.company, request.body)
      reply.code(201).header('location', `/api/v1/spinners/${spinner.id}`)
      return sendResource(request, reply, spinner, spinner.version)
    },
  )

  app.get(
    '/spinners/:id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'getSpinner',
        summary: 'One spinner',
        params: IdParams,
        response: { 200: ref(Spinner), 304: NotModified, ...companyRefusals('not_found') },
      },
    },
    async (request, reply) => {
      const spinner = await getSpinner(request.company, request.params.id)
      return sendResource(request, reply, spinner, spinner.version)
    },
  )

  app.patch(
    '/spinners/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'updateSpinner',
        summary: 'Change a spinner, or retire it',
        params: IdParams,
        body: UpdateSpinner,
        response: {
          200: ref(Spinner),
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'serial_number_taken', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      const spinner = await updateSpinner(request.company, request.params.id, request.body, demandedVersion(request))
      return sendResource(request, reply, spinner, spinner.version)
    },
  )

  app.delete(
    '/spinners/:id',
    {
      config: write,
      schema: {
        tags,
        operationId: 'deleteSpinner',
        summary: 'Delete a spinner that was never spun',
        params: IdParams,
        response: {
          204: NoContent,
          ...companyRefusals('forbidden', 'cross_site_request', 'not_found', 'spinner_has_spins', 'stale_version'),
        },
      },
    },
    async (request, reply) => {
      await deleteSpinner(request.company, request.params.id, demandedVersion(request))
      return reply.code(204).send(null)
    },
  )
}
