import type { ReactNode } from 'react'
import { Mark } from './mark.tsx'

/** Nothing here yet: says so, and what to do about it. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Mark size={44} />
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  )
}
