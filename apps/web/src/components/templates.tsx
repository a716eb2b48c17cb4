import { ActionIcon, Button, Skeleton } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Template } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { formatDate } from '../dates.ts'
import { Confirm, TemplateForm } from '../drawers.tsx'
import { notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { refreshTemplates, templatesQuery } from '../templates.ts'
import { texts } from '../texts.ts'
import { ProblemAlert } from './problem.tsx'
import { Section } from './settings-section.tsx'

const t = companyTexts.templates

/** The templates made from the company. */
export function Templates() {
  const company = useCompany()
  const { data, error, refetch } = useQuery(templatesQuery)
  const [open, setOpen] = useState<'new' | Template | null>(null)
  const close = () => setOpen(null)
  const rows = data?.filter(({ companyId }) => companyId === company.id)
  const remove = async ({ id, name }: Template) => {
    await api.deleteTemplate(id)
    notifySaved(t.removed(name))
    await refreshTemplates()
  }
  return (
    <Section
      id="templates"
      hint={t.hint}
      action={
        <Button variant="default" onClick={() => setOpen('new')}>
          {t.make}
        </Button>
      }
    >
      <ProblemAlert error={error} retry={refetch} />
      {!rows && !error && <Skeleton height={48} />}
      {rows?.length === 0 && <p className="setting-none">{t.none}</p>}
      {rows && rows.length > 0 && (
        <ul className="setting-rows">
          {rows.map(template => (
            <li key={template.id}>
              <span className="setting-row">
                <strong>{template.name}</strong>
                <small>{t.from(t[template.contents], formatDate(template.createdAt))}</small>
              </span>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t.remove(template.name)}
                onClick={() => setOpen(template)}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      {open === 'new' && <TemplateForm onClose={close} />}
      {open && open !== 'new' && (
        <Confirm
          title={t.removeTitle(open.name)}
          text={t.removeText}
          action={texts.delete}
          run={() => remove(open)}
          onClose={close}
        />
      )}
    </Section>
  )
}
