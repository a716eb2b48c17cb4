/** A JSON Schema in the document, as far as examples go. */
type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  anyOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  properties?: Record<string, Schema>
  items?: Schema
  examples?: unknown[]
}

type Operation = {
  operationId: string
  parameters?: { name?: string; schema?: Schema; example?: unknown }[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
}

/** An OpenAPI document, as far as examples go. */
export type Exemplified = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas?: Record<string, Schema> }
}

/**
 * What a field may hold, by its name; where one name means several things, by the shape or the operation it is in as
 * well. Said here once, so that the same spinner goes through the whole document. Fields of a few given values and those
 * with a default need none.
 */
export const examples: Record<string, unknown> = {
  accepted: 1_203,
  address: '203.0.113.7',
  attempts: 2,
  averageDurationMs: 48_271,
  code: '123456',
  browser: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'confirmEmailByCode.code': '7KQ2-M9XB',
  colour: '#2f6f4f',
  companyId: '01935c3e-4d0a-7c1b-9f0e-0d7c5a3b1e10',
  confirm: 'orbit-bearings',
  created: 1_000,
  count: 30,
  cursor: 'WzE3Njc5NTQwMDAwMDAsIjAxOTM1YzNlLTRkMGEtN2MxYi05ZjBlLTBkN2M1YTNiMWUxMCJd',
  currentPassword: 'seventeen spinning tops',
  disabledReason: 'It answered 410: it wants no more events.',
  detail: 'Expected a whole number of milliseconds.',
  durationMs: 48_271,
  email: 'ada@orbit-bearings.example',
  error: 'The disk is full.',
  greeting: 'Keep it level.',
  line: 17,
  link: 'https://spintrack.example/invite/q2Tn8Zr5mYw0dLx7Kc3Bf9Vh1Gj6Ps4AeUiOoRtNbMk',
  'getInvite.token': 'q2Tn8Zr5mYw0dLx7Kc3Bf9Vh1Gj6Ps4AeUiOoRtNbMk',
  'confirmEmailByLink.token': 'q2Tn8Zr5mYw0dLx7Kc3Bf9Vh1Gj6Ps4AeUiOoRtNbMk',
  'resetPassword.token': 'q2Tn8Zr5mYw0dLx7Kc3Bf9Vh1Gj6Ps4AeUiOoRtNbMk',
  invite: 'q2Tn8Zr5mYw0dLx7Kc3Bf9Vh1Gj6Ps4AeUiOoRtNbMk',
  'decideInvite.token': 'q2Tn8Zr5mYw0dLx7Kc3Bf9Vh1Gj6Ps4AeUiOoRtNbMk',
  longestDurationMs: 182_004,
  'ImportReport.errors.message': 'durationMs must be integer',
  'Delivery.durationMs': 84,
  'Delivery.error': 'It answered 500.',
  'Delivery.status': 500,
  'Problem.errors.message': 'must be at least 1',
  'Problem.errors.path': '/body/durationMs',
  members: 12,
  model: 'Whirl 2',
  'Member.name': 'Ada Okafor',
  'CompanySummary.lastOpenedBy.name': 'Ada Okafor',
  'User.name': 'Ada Okafor',
  'signUp.name': 'Ada Okafor',
  'updateMe.name': 'Ada Okafor',
  'Company.name': 'Orbit Bearings',
  'CompanySummary.name': 'Orbit Bearings',
  'Invite.company.name': 'Orbit Bearings',
  'MyInvite.company.name': 'Orbit Bearings',
  'Decision.company.name': 'Orbit Bearings',
  'Invite.inviter.name': 'Ada Okafor',
  'MyInvite.inviter.name': 'Ada Okafor',
  'createCompany.name': 'Orbit Bearings',
  'updateCompany.name': 'Orbit Bearings',
  'ImportedSpinner.name': 'Galaxy Whirl',
  'Spinner.name': 'Galaxy Whirl',
  'SpinnerStatistics.name': 'Galaxy Whirl',
  'createSpinner.name': 'Galaxy Whirl',
  'updateSpinner.name': 'Galaxy Whirl',
  'Template.name': 'A new workshop',
  'createTemplate.name': 'A new workshop',
  'Token.name': 'Gateway of hall 3',
  'NewToken.name': 'Gateway of hall 3',
  'createToken.name': 'Gateway of hall 3',
  newPassword: 'thirty quiet bearings',
  nextCursor: 'WzE3Njc5NTQwMDAwMDAsIjAxOTM1YzNlLTRkMGEtN2MxYi05ZjBlLTBkN2M1YTNiMWUxMCJd',
  note: 'On the test bench',
  password: 'seventeen spinning tops',
  prefix: 'spin_4fQ9',
  q: 'whirl',
  rejected: 1,
  requestId: '5b0c0a3e-58f1-4a6c-8a53-0c2f9d1f7a44',
  secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDhK1s9Q0mTfE=',
  serialNumber: 'FS-0042',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  sizeBytes: 1_048_576,
  skipped: 0,
  slug: 'orbit-bearings',
  spinners: 40,
  spins: 1_204,
  status: 400,
  title: 'The request is not valid',
  token: 'spin_4fQ9zL0cVt7RkY2mN8sXwB3hJ6pD1gE5aU0oC',
  totalDurationMs: 58_118_284,
  type: 'urn:spintrack:problem:invalid_request',
  url: 'https://example.com/spins',
  version: 3,
}

const byFormat: Record<string, unknown> = {
  uuid: '01935c3e-4d0a-7c1b-9f0e-0d7c5a3b1e10',
  'date-time': '2026-11-24T09:30:00.000Z',
}

/** Gives every field and parameter of a document that could hold anything an example of what it holds. */
export function documentExamples<D extends Exemplified>(document: D): D {
  for (const [name, schema] of Object.entries(document.components.schemas ?? {})) exemplify(schema, [name])
  for (const { operationId, parameters = [], requestBody } of operationsOf(document)) {
    for (const { schema } of Object.values(requestBody?.content ?? {})) exemplify(schema, [operationId])
    for (const parameter of parameters) exemplify(parameter.schema, [operationId, parameter.name ?? ''])
  }
  return document
}

function operationsOf({ paths }: Exemplified): Operation[] {
  return Object.values(paths).flatMap(methods => Object.values(methods))
}

function exemplify(schema: Schema | undefined, path: string[]): void {
  if (!schema || schema.$ref) return
  for (const [name, property] of Object.entries(schema.properties ?? {})) exemplify(property, [...path, name])
  exemplify(schema.items, path)
  for (const one of schema.anyOf ?? []) exemplify(one, path)
  const example = exampleOf(schema, path)
  if (example !== undefined) schema.examples = [example]
}

function exampleOf(schema: Schema, path: string[]): unknown {
  if (!isOpen(schema)) return undefined
  return examples[path.join('.')] ?? byFormat[schema.format ?? ''] ?? examples[path.at(-1) ?? '']
}

/** Whether a schema is of a single value that it neither lists nor gives a default for. */
export function isOpen({ type, enum: values, const: constant, default: given }: Schema): boolean {
  const single = [type].flat().some(one => one === 'string' || one === 'integer')
  return single && values === undefined && constant === undefined && given === undefined
}
