import { Link, useNavigate } from '@tanstack/react-router'
import { LoggedIn } from '../components/logged-in.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { UserMenu } from '../components/user-menu.tsx'
import { CompanyForm } from '../forms/company.tsx'
import { paths } from '../paths.ts'
import { queryClient } from '../query-client.ts'
import { sessionQuery } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.company

export function NewCompanyPage() {
  const navigate = useNavigate()
  return (
    <LoggedIn>
      {({ companies }) => (
        <PlainPage title={companies.length ? t.newTitle : t.firstTitle} lead={t.newLead} aside={<UserMenu />}>
          <CompanyForm
            onDone={async ({ slug }) => {
              await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
              void navigate(paths.company(slug))
            }}
          />
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
