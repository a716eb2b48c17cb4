import { Button } from '@mantine/core'
import { randomId } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { ProblemText } from './components/problem.tsx'
import { texts } from './texts.ts'

/** Says that something is saved and offers to take it back. */
export function notifySaved(message: string, undo?: () => void) {
  const id = randomId()
  notifications.show({
    id,
    message: undo ? withButton(id, message, texts.undo, undo) : message,
    autoClose: undo ? 8000 : 4000,
  })
}

/** Says what went wrong with something that has no form to say it in. */
export function notifyProblem(error: unknown, retry?: { label: string; run: () => void }) {
  const id = randomId()
  const text = <ProblemText error={error} />
  notifications.show({
    id,
    color: 'red',
    autoClose: false,
    message: retry ? withButton(id, text, retry.label, retry.run) : text,
  })
}

function withButton(id: string, message: React.ReactNode, label: string, run: () => void) {
  const act = () => {
    notifications.hide(id)
    run()
  }
  return (
    <div className="notice">
      <span>{message}</span>
      <Button variant="default" size="compact-sm" onClick={act}>
        {label}
      </Button>
    </div>
  )
}
