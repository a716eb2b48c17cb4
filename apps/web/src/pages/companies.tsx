import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { CompanyList } from '../components/company-list.tsx'
import { Empty } from '../components/empty.tsx'
import { LoggedIn } from '../components/logged-in.tsx'
import { MyInvites } from '../components/my-invites.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { UserMenu } from '../drawers.tsx'
import { paths } from '../paths.ts'
import { texts } from '../texts.ts'

const t = texts.company

export function CompaniesPage() {
  const create = <Button renderRoot={props => <Link {...props} {...paths.newCompany()} />}>{t.newTitle}</Button>
  return (
    <LoggedIn>
      {({ companies }) => (
        <PlainPage title={t.listTitle} aside={<UserMenu />}>
          <MyInvites />
          {companies.length ? (
            <>
              <CompanyList companies={companies} />
              {create}
            </>
          ) : (
            <Empty title={t.none} action={create}>
              {t.noneHint}
            </Empty>
          )}
        </PlainPage>
      )}
    </LoggedIn>
  )
}
