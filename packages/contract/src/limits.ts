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
  page: { default: 50, max: 100 },
  bodyBytes: 262_144,
} as const
