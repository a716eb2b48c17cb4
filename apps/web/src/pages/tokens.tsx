import { Button, Skeleton } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewToken } from '../api.ts'
import { Empty } from '../components/empty.tsx'
import { LoadMore } from '../components/load-more.tsx'
import { Page } from '../components/page.tsx'
import { ProblemAlert } from '../components/problem.tsx'
import { TokenTable } from '../components/token-table.tsx'
import { NewTokenShown, TokenForm } from '../drawers.tsx'
import { useCompany } from '../session.ts'
import { tokenTexts as t } from '../token-texts.ts'
import { refreshTokens, tokensQuery } from '../tokens.ts'

/** The keys that scripts use in this company. */
export function TokensPage() {
  const company = useCompany()
  const tokens = useInfiniteQuery(tokensQuery(company))
  const [open, setOpen] = useState<'form' | NewToken | null>(null)
  const rows = tokens.data?.pages.flatMap(page => page.items)
  const none = rows?.length === 0
  const close = () => setOpen(null)
  const make = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen('form')}>
      {t.make}
    </Button>
  )
  const actions = (
    <>
      <Button component="a" href="/api/docs" variant="default">
        {t.reference}
      </Button>
      {!none && make}
    </>
  )
  return (
    <Page title={t.title} company={company.name} facts={t.lead(company.name)} actions={actions}>
      <ProblemAlert error={tokens.error} retry={tokens.refetch} />
      {!rows && tokens.isPending && <Skeleton height={200} />}
      {rows && !none && (
        <div className="surface">
          <TokenTable tokens={rows} />
        </div>
      )}
      {none && (
        <Empty title={t.emptyTitle} action={make}>
          {t.empty}
        </Empty>
      )}
      <LoadMore query={tokens} />
      {open === 'form' && (
        <TokenForm
          onClose={close}
          onMade={token => {
            setOpen(token)
            void refreshTokens(company)
          }}
        />
      )}
      {open && open !== 'form' && <NewTokenShown made={open} onClose={close} />}
    </Page>
  )
}
