import { Drawer } from '@mantine/core'
import { accountTexts as t } from '../account-texts.ts'
import { notifySaved } from '../notices.tsx'
import { refreshSession, useSession } from '../session.ts'
import { CodeForm } from './code.tsx'

/** Takes the code that was sent to the person's own address. */
export function VerifyEmailForm({ onClose }: { onClose: () => void }) {
  const { user } = useSession()
  return (
    <Drawer opened onClose={onClose} title={t.codeTitle} closeOnClickOutside={false}>
      <p className="modal-text">{t.codeLead(user.email)}</p>
      <CodeForm
        email={user.email}
        onDone={() => {
          notifySaved(t.confirmed)
          void refreshSession()
          onClose()
        }}
      />
    </Drawer>
  )
}
