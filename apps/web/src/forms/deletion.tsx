import { Modal, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { api, type Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { formatDate } from '../dates.ts'
import { companyQuery } from '../queries.ts'
import { queryClient } from '../query-client.ts'
import { refreshSession } from '../session.ts'

const t = companyTexts.deletion
const graceMs = limits.days.deletionGrace * 86_400_000

/** Asks for the company's address before it is closed. Its page then says until when that can be undone. */
export function DeletionForm({ shown, onClose }: { shown: Company; onClose: () => void }) {
  const { name, slug } = shown
  const form = useApiForm({
    initial: { confirm: '' },
    check: { confirm: typed => (typed.trim() === slug ? null : t.mismatch(slug)) },
    send: () => api.deleteCompany(slug, { confirm: slug }),
    onDone: async ({ deleteAfter }) => {
      queryClient.setQueryData(companyQuery(shown).queryKey, { ...shown, state: 'archived', deleteAfter })
      await refreshSession()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t.title(name)}>
      <p className="modal-text">{t.text(formatDate(new Date(Date.now() + graceMs).toISOString()))}</p>
      <Form form={form} submit={t.action} onCancel={onClose} danger>
        <TextInput
          label={t.confirm(slug)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={limits.slug.max}
          data-autofocus
          {...form.field('confirm')}
        />
      </Form>
    </Modal>
  )
}
