import { Link } from '@tanstack/react-router'
import { PlainPage } from '../components/plain-page.tsx'
import { paths } from '../paths.ts'
import { texts } from '../texts.ts'

export function NotFoundPage() {
  return (
    <PlainPage title={texts.problem.notFoundTitle} lead={texts.problem.notFound}>
      <p>
        <Link {...paths.home()}>{texts.problem.home}</Link>
      </p>
    </PlainPage>
  )
}
