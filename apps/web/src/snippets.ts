import type { NewToken } from './api.ts'

/** What somebody pastes to try a new token: complete, with this installation's own address. */
export const snippets = {
  // Double quotes: a POSIX shell, PowerShell and cmd.exe all take them.
  curl: (origin: string, { token }: NewToken) =>
    `curl -H "Authorization: Bearer ${token}" "${origin}/api/v1/spins?limit=5"`,

  typescript: (origin: string, { token }: NewToken) => `const token = '${token}'
const response = await fetch(
  '${origin}/api/v1/spins?limit=5',
  { headers: { authorization: \`Bearer \${token}\` } },
)
if (!response.ok) throw new Error(await response.text())
console.log(await response.json())`,
}

export type Language = keyof typeof snippets
