/** Good enough to catch a slip of the finger; whether mail arrives there only mail can tell. */
export function isEmail(typed: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.trim())
}
