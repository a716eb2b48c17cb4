import type { components } from './generated/schema.ts'

/** The shapes of the API by name, as the OpenAPI document has them: `Shape<'Spinner'>`. */
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name]
