import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { texts } from '../texts.ts'
import { Mark } from './mark.tsx'

/** A page with one thing on it: logging in, naming a company, saying that something is not there. */
export function PlainPage({
  title,
  lead,
  aside,
  wide = false,
  children,
}: {
  title: string
  lead?: ReactNode
  aside?: ReactNode
  wide?: boolean
  children?: ReactNode
}) {
  useDocumentTitle(`${title} · ${texts.product}`)
  return (
    <div className="plain">
      <header className="plain-head">
        <Wordmark />
        {aside}
      </header>
      <main className="plain-main" id="content">
        <div className="plain-card" data-wide={wide || undefined}>
          <h1>{title}</h1>
          {lead && <p className="lead">{lead}</p>}
          {children}
        </div>
      </main>
    </div>
  )
}

export function Wordmark() {
  return (
    <Link {...paths.home()} className="wordmark">
      <Mark size={30} />
      {texts.product}
    </Link>
  )
}
