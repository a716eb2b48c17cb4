import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApiDocument } from '../src/openapi.ts'

// Writes the OpenAPI document that the client is generated from. A test fails when the committed one is stale.
writeFileSync(join(import.meta.dirname, '../openapi.json'), `${JSON.stringify(await openApiDocument(), null, 2)}\n`)
