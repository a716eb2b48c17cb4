/** Something about the embedded PostgreSQL that only a person can mend. The message says expected, got, what to do. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError'
}

/** The code of a system or PostgreSQL error (`ENOENT`, `57P03`), or '' when it carries none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
