import { Modal, Stack } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { LogInForm } from '../forms/log-in.tsx'
import { finishLogInAgain } from '../log-in-again.ts'
import { queryClient } from '../query-client.ts'
import { enter, forgetEverything, sessionQuery } from '../session.ts'
import { texts } from '../texts.ts'

const t = texts.account

/** Stands over the page when the session has ended; the page below keeps what was typed and goes on afterwards. */
export function LogInAgain() {
  const router = useRouter()
  const user = queryClient.getQueryData(sessionQuery.queryKey)?.user
  const leave = () => forgetEverything(router)
  return (
    <Modal
      opened={user !== undefined}
      onClose={leave}
      title={t.againTitle}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      zIndex={400}
    >
      <Stack>
        <p>{t.again}</p>
        <LogInForm
          email={user?.email ?? ''}
          onDone={session => {
            enter(session, { tellOtherTabs: true })
            finishLogInAgain(true)
          }}
        />
        <button type="button" className="link" onClick={leave}>
          {t.someoneElse}
        </button>
      </Stack>
    </Modal>
  )
}
