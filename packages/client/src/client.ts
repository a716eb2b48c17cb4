import createClient, { type Client, type ClientOptions } from 'openapi-fetch'
import type { paths } from './generated/schema.ts'

/** A client of the Spintrack API whose paths, parameters and answers are typed from the OpenAPI document. */
export type SpintrackClient = Client<paths>

/**
 * Makes a client. `baseUrl` is where the product runs, such as https://spintrack.example; leave it out in a page that
 * the product itself serves. Answers come as `{ data, error, response }`, where `error` is a Problem.
 */
export function createSpintrackClient(options: ClientOptions = {}): SpintrackClient {
  return createClient<paths>({ ...options })
}
