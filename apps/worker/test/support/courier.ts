import { createSeal } from '@spintrack/domain/seal'
import { createWebhookSender } from '@spintrack/domain/webhook-request'

const secrets = ['a secret of tests that is long enough']

/** Sends webhooks to this machine, and opens what the tests seal. */
export const courier = { seal: createSeal(secrets), send: createWebhookSender({ loopback: true }) }
