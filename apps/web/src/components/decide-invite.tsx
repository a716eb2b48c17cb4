import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { api } from '../api.ts'
import { myInvitesQuery } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { notifySaved } from '../notices.tsx'
import { paths } from '../paths.ts'
import { queryClient } from '../query-client.ts'
import { refreshSession } from '../session.ts'
import { ProblemAlert } from './problem.tsx'

/** Accepting or declining; `token` is that of a link, or the id of one of the person's own. */
export function DecideInvite({ token, company }: { token: string; company: string }) {
  const router = useRouter()
  const deciding = useMutation({
    mutationFn: (decision: 'accepted' | 'declined') => api.decideInvite(token, { decision }),
    onSuccess: async ({ company: joined }) => {
      notifySaved(joined ? t.welcome(joined.name) : t.declined)
      await refreshSession()
      await router.navigate(joined ? paths.company(joined.slug) : paths.companies())
      await queryClient.invalidateQueries({ queryKey: myInvitesQuery.queryKey })
    },
  })
  const chosen = deciding.isPending ? deciding.variables : undefined
  return (
    <>
      <ProblemAlert error={deciding.error} />
      <div className="decide">
        <Button
          aria-label={t.acceptName(company)}
          loading={chosen === 'accepted'}
          onClick={() => deciding.mutate('accepted')}
        >
          {t.accept}
        </Button>
        <Button variant="default" loading={chosen === 'declined'} onClick={() => deciding.mutate('declined')}>
          {t.decline}
        </Button>
      </div>
    </>
  )
}
