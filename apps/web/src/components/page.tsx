import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { texts } from '../texts.ts'

type PageProps = {
  title: string
  company?: string
  heading?: ReactNode
  facts?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page's heading, its actions, and the title of the tab, which says which company it shows. */
export function Page({ title, company, heading, facts, actions, children }: PageProps) {
  useDocumentTitle([title, company, texts.product].filter(Boolean).join(' · '))
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{heading ?? title}</h1>
          {facts && <p className="facts">{facts}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}
