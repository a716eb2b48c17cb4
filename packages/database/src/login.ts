/** The login that a connection string names. */
export type Login = { user: string; password: string }

/** Reads user and password out of a `postgres://` connection string. */
export function login(url: string): Login {
  const { username, password } = new URL(url)
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) }
}
