import { Button, CopyButton } from '@mantine/core'
import { tokenTexts as t } from '../token-texts.ts'

/** Text to take along, with a button that copies it. */
export function Copyable({ label, text, autoFocus = false }: { label: string; text: string; autoFocus?: boolean }) {
  return (
    <div className="copyable">
      <pre>{text}</pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant={autoFocus ? 'filled' : 'default'}
            aria-label={`${copied ? t.copied : t.copy}: ${label}`}
            data-autofocus={autoFocus || undefined}
            onClick={copy}
          >
            {copied ? t.copied : t.copy}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
