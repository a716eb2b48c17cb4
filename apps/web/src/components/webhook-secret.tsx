import { formatMoment } from '../dates.ts'
import { webhookTexts as t } from '../webhook-texts.ts'
import { ShownOnce } from './shown-once.tsx'

type Props = { made: { secret: string; previousEndsAt?: string }; onClose: () => void }

/** The secret of a webhook, and until when the one before signs as well. */
export function WebhookSecretShown({ made: { secret, previousEndsAt }, onClose }: Props) {
  const lead = previousEndsAt ? `${t.once} ${t.bothSign(formatMoment(previousEndsAt))}` : t.once
  return <ShownOnce title={t.secretTitle} lead={lead} label={t.secret} text={secret} done={t.done} onClose={onClose} />
}
