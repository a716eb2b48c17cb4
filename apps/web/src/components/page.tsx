import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { texts } from '../texts.ts'

type PageProps = { title: string; company?: string; heading?: ReactNode; actions?: ReactNode; children: ReactNode }

/** A page's heading, its actions, and the title of the tab, which says which company it shows. */
export function Page({ title, company, heading, actions, children }: PageProps) {
  useDocumentTitle([title, company, texts.product].filter(Boolean).join(' · '))
  return (
    <>
      <div className="page-head">
        <h1>{heading ?? title}</h1>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </>
  )
}
