import { Checkbox, Drawer, Stack, TextInput } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { eventTypes } from '@spintrack/contract/states'
import { api, type NewWebhook, type Webhook } from '../api.ts'
import { Form, useApiForm } from '../components/form.tsx'
import { useCompany } from '../session.ts'
import { webhookTexts as t } from '../webhook-texts.ts'

type Props = { webhook?: Webhook; onDone: (saved: Webhook | NewWebhook) => void; onClose: () => void }

/** Adds a webhook, whose secret must be shown at once, or changes one. */
export function WebhookForm({ webhook, onDone, onClose }: Props) {
  const company = useCompany()
  const form = useApiForm<{ url: string; types: string }, Webhook | NewWebhook>({
    initial: { url: webhook?.url ?? '', types: webhook?.types?.join() ?? '' },
    check: { url: url => (/^https?:\/\/./.test(url.trim()) ? null : t.addressMissing) },
    send: ({ url, types }) => {
      const chosen = eventTypes.filter(type => types.split(',').includes(type))
      const body = { url: url.trim(), types: chosen.length > 0 ? [...chosen] : null }
      return webhook ? api.updateWebhook(company.slug, webhook, body) : api.createWebhook(company.slug, body)
    },
    onDone,
  })
  const title = webhook ? t.edit : t.make
  return (
    <Drawer opened onClose={onClose} title={title} closeOnClickOutside={false}>
      <Form form={form} submit={webhook ? t.saveIt : t.make} onCancel={onClose}>
        <TextInput
          label={t.address}
          description={t.addressHint}
          type="url"
          placeholder="https://example.com/spins"
          maxLength={limits.webhookUrl.max}
          autoComplete="off"
          data-autofocus
          {...form.field('url')}
        />
        <Checkbox.Group
          label={t.types}
          description={t.typesHint}
          value={form.values.types.split(',').filter(Boolean)}
          onChange={chosen => form.set('types', chosen.join())}
        >
          <Stack gap="xs" mt="xs">
            {eventTypes.map(type => (
              <Checkbox key={type} value={type} label={t.type[type]} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Form>
    </Drawer>
  )
}
