/** One address, one account: case and surrounding space do not count. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase()
}
