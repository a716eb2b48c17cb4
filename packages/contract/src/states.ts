// What the fields may hold that know only some words: for the shapes of the API and for the tables, which need no TypeBox.

/** The states a company is shown in; `ready` is the ordinary one. */
export const companyStates = ['ready', 'suspended', 'archived', 'purging'] as const

/** How far an archive is. */
export const exportStates = ['waiting', 'running', 'done', 'failed'] as const

/** An invitation can be accepted while it is `pending`; it is `void` when whoever sent it may not invite any more. */
export const invitationStates = ['pending', 'expired', 'void'] as const

/** A retired spinner keeps its spins and gets no more. */
export const spinnerStatuses = ['active', 'retired'] as const

/** What a template has of its company: the spinners alone, or the spins and the names of who spun as well. */
export const templateContents = ['spinners', 'everything'] as const

/** What a token may be used for, within what its owner's role allows. `write` includes `read`. */
export const tokenScopes = ['read', 'write'] as const

/** What events tell of. The plural ones sum up what came at once, by an import or a copy. */
export const eventTypes = [
  'spin.created',
  'spin.changed',
  'spin.deleted',
  'spins.created',
  'spinner.created',
  'spinner.changed',
  'spinner.deleted',
  'spinners.created',
  'demo.reset',
] as const

/** How far a delivery of a webhook is: `waiting` also between two attempts. */
export const deliveryStates = ['waiting', 'done', 'failed'] as const
