import { Link, useNavigate } from '@tanstack/react-router'
import type { Company } from '../api.ts'
import { DemoOffer } from '../components/demo-offer.tsx'
import { LoggedIn } from '../components/logged-in.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { UserMenu } from '../drawers.tsx'
import { CompanyForm } from '../forms/company.tsx'
import { paths } from '../paths.ts'
import { refreshSession } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.company

export function NewCompanyPage() {
  const navigate = useNavigate()
  const open = async ({ slug }: Company) => {
    await refreshSession()
    void navigate(paths.company(slug))
  }
  return (
    <LoggedIn>
      {({ companies }) => (
        <PlainPage title={companies.length ? t.newTitle : t.firstTitle} lead={t.newLead} aside={<UserMenu />}>
          <CompanyForm onDone={open} />
          <DemoOffer onDone={open} />
          {companies.length > 0 && (
            <p className="plain-foot">
              <Link {...paths.companies()}>{t.all}</Link>
            </p>
          )}
        </PlainPage>
      )}
    </LoggedIn>
  )
}
