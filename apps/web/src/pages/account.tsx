import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { accountTexts as t } from '../account-texts.ts'
import { api } from '../api.ts'
import { LoggedIn } from '../components/logged-in.tsx'
import { MyInvites } from '../components/my-invites.tsx'
import { MySessions } from '../components/my-sessions.tsx'
import { PlainPage } from '../components/plain-page.tsx'
import { OwnEmailForm, UserMenu, VerifyEmailForm } from '../drawers.tsx'
import { OwnNameForm } from '../forms/own-name.tsx'
import { OwnPasswordForm } from '../forms/own-password.tsx'
import { notifyProblem } from '../notices.tsx'
import { paths } from '../paths.ts'
import { useSession } from '../session.ts'

/** A person's own account: what they are called, where mail reaches them, what they log in with. */
export function AccountPage() {
  return (
    <LoggedIn>
      {() => (
        <PlainPage title={t.title} aside={<UserMenu />} wide>
          <p>
            <Link {...paths.companies()}>{t.back}</Link>
          </p>
          <MyInvites />
          <Section id="profile">
            <OwnNameForm />
          </Section>
          <Email />
          <Section id="password" hint={t.passwordHint}>
            <OwnPasswordForm />
          </Section>
          <Section id="sessions" hint={t.sessionsHint}>
            <MySessions />
          </Section>
        </PlainPage>
      )}
    </LoggedIn>
  )
}

function Email() {
  const { user } = useSession()
  const [open, setOpen] = useState<'change' | 'verify' | null>(null)
  const close = () => setOpen(null)
  const asking = useMutation({
    mutationFn: api.verifyMyEmail,
    onSuccess: () => setOpen('verify'),
    onError: error => notifyProblem(error),
  })
  return (
    <Section id="email" hint={t.emailHint}>
      <ul className="setting-rows">
        <li>
          <span className="setting-row">
            <span>
              <strong>{user.email}</strong>{' '}
              <span className="tag">{user.emailVerified ? t.verified : t.unverified}</span>
            </span>
            {!user.emailVerified && <small>{t.unverifiedHint}</small>}
          </span>
        </li>
      </ul>
      <div className="decide">
        <Button variant="default" onClick={() => setOpen('change')}>
          {t.changeEmail}
        </Button>
        {!user.emailVerified && (
          <Button variant="default" loading={asking.isPending} onClick={() => asking.mutate()}>
            {t.verify}
          </Button>
        )}
      </div>
      {open === 'change' && <OwnEmailForm onClose={close} />}
      {open === 'verify' && <VerifyEmailForm onClose={close} />}
    </Section>
  )
}

type SectionProps = { id: keyof typeof t.sections; hint?: string; children: ReactNode }

function Section({ id, hint, children }: SectionProps) {
  return (
    <section className="surface section setting" id={id} aria-labelledby={`${id}-title`}>
      <div className="setting-head">
        <div>
          <h2 id={`${id}-title`}>{t.sections[id]}</h2>
          {hint && <p className="hint">{hint}</p>}
        </div>
      </div>
      {children}
    </section>
  )
}
