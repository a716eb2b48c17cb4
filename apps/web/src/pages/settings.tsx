import { Button, Skeleton } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { Empty } from '../components/empty.tsx'
import { LogoField } from '../components/logo-field.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { Section } from '../components/settings-section.tsx'
import { DeletionForm, Exports, Templates } from '../drawers.tsx'
import { GeneralForm } from '../forms/company-general.tsx'
import { LookForm } from '../forms/company-look.tsx'
import { paths, settingsSections } from '../paths.ts'
import { useCompany } from '../session.ts'
import { settingsQuery } from '../settings.ts'
import { texts } from '../texts.ts'

const t = companyTexts.settings

export function SettingsPage() {
  const company = useCompany()
  return (
    <Page title={texts.nav.settings} company={company.name}>
      {allows(company.role, 'company.update') ? (
        <Settings />
      ) : (
        <Empty title={t.forbiddenTitle}>{t.forbidden(company.role)}</Empty>
      )}
    </Page>
  )
}

function Settings() {
  const company = useCompany()
  const { data, error, refetch } = useQuery(settingsQuery(company))
  if (!data) return error ? <ProblemAlert error={error} retry={refetch} /> : <Skeleton height={480} />
  const mayDelete = allows(company.role, 'company.delete')
  const sections = settingsSections.filter(section => section !== 'deletion' || mayDelete)
  return (
    <div className="settings">
      <nav className="settings-nav" aria-label={t.label}>
        {sections.map(section => (
          <Link key={section} {...paths.settings(company.slug, section)} activeOptions={{ includeHash: true }}>
            {t.sections[section]}
          </Link>
        ))}
      </nav>
      <div className="settings-sections">
        <Section id="general">
          <GeneralForm shown={data} />
        </Section>
        <Section id="look" hint={companyTexts.look.hint}>
          <LogoField shown={data} />
          <LookForm shown={data} />
        </Section>
        <Templates />
        <Exports />
        {mayDelete && <Deletion shown={data} />}
      </div>
    </div>
  )
}

function Deletion({ shown }: { shown: Company }) {
  const [asking, setAsking] = useState(false)
  return (
    <Section id="deletion" hint={companyTexts.deletion.hint}>
      <div>
        <Button className="danger-quiet" variant="default" onClick={() => setAsking(true)}>
          {companyTexts.deletion.open}
        </Button>
      </div>
      {asking && <DeletionForm shown={shown} onClose={() => setAsking(false)} />}
    </Section>
  )
}
