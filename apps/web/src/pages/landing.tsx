import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Dial } from '../components/dial.tsx'
import { Wordmark } from '../components/plain-page.tsx'
import { formatDuration } from '../duration.ts'
import { paths } from '../paths.ts'
import { texts } from '../texts.ts'

const t = texts.landing

export function LandingPage() {
  useDocumentTitle(`${texts.product} · ${texts.tagline}`)
  return (
    <div className="landing">
      <header className="plain-head">
        <Wordmark />
        <Button variant="subtle" color="gray" renderRoot={props => <Link {...props} {...paths.logIn()} />}>
          {texts.account.logIn}
        </Button>
      </header>
      <main id="content">
        <section className="hero">
          <div>
            <p className="eyebrow">{texts.tagline}</p>
            <h1>{t.title}</h1>
            <p className="lead">{t.lead}</p>
            <div className="hero-actions">
              <Button size="md" renderRoot={props => <Link {...props} {...paths.signUp()} />}>
                {texts.account.signUp}
              </Button>
              <Button size="md" variant="default" renderRoot={props => <Link {...props} {...paths.logIn()} />}>
                {texts.account.logIn}
              </Button>
            </div>
          </div>
          <TryOne />
        </section>
        <ul className="points">
          {t.points.map(([title, text]) => (
            <li key={title}>
              <h2>{title}</h2>
              <p>{text}</p>
            </li>
          ))}
        </ul>
      </main>
    </div>
  )
}

/** The stopwatch itself, before anybody has signed up. Nothing is saved. */
function TryOne() {
  const [startedAt, setStartedAt] = useState<number | null>(null)
  const [last, setLast] = useState<number | null>(null)
  const stop = () => {
    if (startedAt !== null) setLast(Date.now() - startedAt)
    setStartedAt(null)
  }
  return (
    <div className="try-one">
      <Dial
        startedAt={startedAt}
        label={startedAt === null ? texts.spin.start : texts.spin.stop}
        spaceBar
        onStart={() => setStartedAt(Date.now())}
        onStop={stop}
      />
      <p className="hint" role="status">
        {last === null ? t.tryIt : t.tryAgain(formatDuration(last))}
      </p>
    </div>
  )
}
