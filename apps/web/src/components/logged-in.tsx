import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Session } from '../api.ts'
import { SessionContext, sessionQuery } from '../session.ts'

/** Draws its children for somebody who is logged in, and nothing at all for nobody: no row survives a log-out. */
export function LoggedIn({ children }: { children: (session: Session) => ReactNode }) {
  const { data: session } = useQuery(sessionQuery)
  if (!session) return null
  return <SessionContext value={session}>{children(session)}</SessionContext>
}
