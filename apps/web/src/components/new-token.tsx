import { Button, Group, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import type { NewToken } from '../api.ts'
import { type Language, snippets } from '../snippets.ts'
import { tokenTexts as t } from '../token-texts.ts'
import { Copyable } from './copyable.tsx'
import { Segments } from './segments.tsx'

const languages = (['curl', 'typescript'] as const).map(value => ({ value, label: t.languages[value] }))

/** A token, the one time it can be seen, and how to use it. Closes only on purpose. */
export function NewTokenShown({ made, onClose }: { made: NewToken; onClose: () => void }) {
  const [language, setLanguage] = useState<Language>('curl')
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.madeTitle}
      size={600}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <p className="lead">{t.once}</p>
        <Copyable label={t.token} text={made.token} autoFocus />
        <div className="try-it">
          <h3>{t.tryIt}</h3>
          <Segments label={t.tryIt} value={language} options={languages} onChange={setLanguage} />
        </div>
        <Copyable label={t.languages[language]} text={snippets[language](window.location.origin, made)} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.done}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
