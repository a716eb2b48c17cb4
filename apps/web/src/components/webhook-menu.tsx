import { ActionIcon, Menu } from '@mantine/core'
import {
  IconDots,
  IconKey,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconSend,
  IconTrash,
} from '@tabler/icons-react'
import { useState } from 'react'
import { api, type Webhook, type WebhookSecret } from '../api.ts'
import { Confirm, Deliveries, WebhookForm, WebhookSecretShown } from '../drawers.tsx'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { webhookTexts as t } from '../webhook-texts.ts'
import { refreshWebhooks } from '../webhooks.ts'

/** What one may do with a webhook. */
export function WebhookMenu({ webhook }: { webhook: Webhook }) {
  const company = useCompany()
  const [open, setOpen] = useState<'deliveries' | 'edit' | 'secret' | 'delete' | WebhookSecret | null>(null)
  const close = () => setOpen(null)
  const { id, url, enabled } = webhook

  const toggle = async () => {
    try {
      await api.updateWebhook(company.slug, webhook, { enabled: !enabled })
      notifySaved(enabled ? t.switchedOff : t.switchedOn)
    } catch (error) {
      notifyProblem(error)
    }
    await refreshWebhooks(company)
  }
  const remove = async () => {
    await api.deleteWebhook(company.slug, id)
    notifySaved(t.deleted)
    await refreshWebhooks(company)
  }
  const items = [
    { label: t.deliveries, Icon: IconSend, run: () => setOpen('deliveries') },
    { label: texts.edit, Icon: IconPencil, run: () => setOpen('edit') },
    { label: enabled ? t.switchOff : t.switchOn, Icon: enabled ? IconPlayerPause : IconPlayerPlay, run: toggle },
    { label: t.newSecret, Icon: IconKey, run: () => setOpen('secret') },
    { label: texts.delete, Icon: IconTrash, run: () => setOpen('delete') },
  ]
  return (
    <>
      <Menu position="bottom-end" shadow="lg">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={texts.actionsFor(url)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {items.map(({ label, Icon, run }) => (
            <Menu.Item key={label} leftSection={<Icon size={16} />} onClick={run}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {open === 'deliveries' && <Deliveries webhook={webhook} onClose={close} />}
      {open === 'edit' && (
        <WebhookForm
          webhook={webhook}
          onClose={close}
          onDone={() => {
            close()
            notifySaved(t.saved)
            void refreshWebhooks(company)
          }}
        />
      )}
      {open === 'secret' && (
        <Confirm
          title={t.newSecretTitle}
          text={t.newSecretText}
          action={t.newSecret}
          run={async () => setOpen(await api.rotateWebhookSecret(company.slug, id))}
          onClose={() => setOpen(shown => (shown === 'secret' ? null : shown))}
        />
      )}
      {typeof open === 'object' && open && <WebhookSecretShown made={open} onClose={close} />}
      {open === 'delete' && (
        <Confirm title={t.deleteTitle} text={t.deleteText} action={texts.delete} run={remove} onClose={close} />
      )}
    </>
  )
}
