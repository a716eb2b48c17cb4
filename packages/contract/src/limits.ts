/** Limits that the API enforces and the web explains. Lengths are in UTF-16 code units, durations in milliseconds. */
export const limits = {
  email: { max: 254 },
  password: { min: 12, max: 1024 },
  personName: { max: 100 },
  companyName: { max: 100 },
  slug: { min: 2, max: 40, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
  serialNumber: { max: 60 },
  spinnerName: { max: 100 },
  model: { max: 100 },
  /** `#rrggbb`, as a colour input gives it. */
  colour: { pattern: '^#[0-9a-f]{6}$' },
  note: { max: 500 },
  /** A day: nobody has been seen spinning for longer, and a stopwatch left running is a mistake. */
  durationMs: { min: 1, max: 86_400_000 },
  greeting: { max: 140 },
  logoBytes: 262_144,
  tokenName: { max: 100 },
  tokensPerMember: 50,
  idempotencyKey: { min: 1, max: 255 },
  templateName: { max: 100 },
  templatesPerCompany: 20,
  /** Of one copy between companies, which is one transaction. A template is such a copy too. */
  copy: { spinners: 1_000, spins: 50_000 },
  /** Of `POST /spins/batch`: a gateway's worth in one request, notes included. */
  batch: { items: 1_000, bytes: 4_194_304 },
  /** Of an import: a line, the errors that the answer lists, and how much larger than it came a file may unpack. */
  import: { lineBytes: 65_536, errors: 100, unpackedTimes: 100 },
  /** Imports and exports that one API process runs at the same time, of a company and of all. */
  transfers: { company: 2, all: 8 },
  invitationsPerCompany: 100,
  /** What a company may write to strangers: to all in an hour, and to one of them in a day. */
  invitationMails: { perHour: 100, perAddressAndDay: 10 },
  /** Of the links in mails. */
  hours: { emailConfirmation: 24, passwordReset: 1 },
  /** Wrong ones that are forgiven. */
  codeTries: 5,
  /** To one address, of the mails that anybody can ask for by entering it. */
  accountMailsPerHour: 5,
  /** How long a deleted company can be brought back, and how long other things live: `mail` is the record of one. */
  days: { deletionGrace: 14, demo: 7, export: 1, invitation: 7, mail: 30, delivery: 30 },
  /** A minute, of a caller with a token or a session, and from an address without either. */
  requests: { principal: 600, address: 120 },
  /** Event streams that one process of the API holds open, and how long an event can be asked for again. */
  eventStreams: { principal: 20, company: 1_000, resumeHours: 24 },
  webhookUrl: { max: 2_000 },
  webhooksPerCompany: 10,
  /** How long the secret before signs beside a new one. */
  webhookSecretHours: 24,
  /** After so many failed attempts in a row, or for so long, a webhook is switched off. */
  webhookFailures: { inARow: 100, days: 3 },
  page: { default: 50, max: 100 },
  bodyBytes: 262_144,
} as const
