import { later } from './later.tsx'

/** What a page shows when it is asked for, in few companies, or a moment later. */
export const SpinForm = later(async () => (await import('./forms/spin.tsx')).SpinForm)
export const SpinnerForm = later(async () => (await import('./forms/spinner.tsx')).SpinnerForm)
export const Confirm = later(async () => (await import('./components/confirm.tsx')).Confirm)
export const LogInAgain = later(async () => (await import('./components/log-in-again.tsx')).LogInAgain)
export const CopyForm = later(async () => (await import('./forms/copy.tsx')).CopyForm)
export const DemoBanner = later(async () => (await import('./components/demo-banner.tsx')).DemoBanner)
export const ShutCompany = later(async () => (await import('./components/shut-company.tsx')).ShutCompany)
export const DeletionForm = later(async () => (await import('./forms/deletion.tsx')).DeletionForm)
export const TemplateForm = later(async () => (await import('./forms/template.tsx')).TemplateForm)
export const TokenForm = later(async () => (await import('./forms/token.tsx')).TokenForm)
export const NewTokenShown = later(async () => (await import('./components/new-token.tsx')).NewTokenShown)
export const WebhookForm = later(async () => (await import('./forms/webhook.tsx')).WebhookForm)
export const WebhookSecretShown = later(
  async () => (await import('./components/webhook-secret.tsx')).WebhookSecretShown,
)
export const Deliveries = later(async () => (await import('./components/deliveries.tsx')).Deliveries)
export const Live = later(async () => (await import('./components/live.tsx')).Live)
export const CheckMail = later(async () => (await import('./components/check-mail.tsx')).CheckMail)
export const OwnEmailForm = later(async () => (await import('./forms/own-email.tsx')).OwnEmailForm)
export const VerifyEmailForm = later(async () => (await import('./forms/verify-email.tsx')).VerifyEmailForm)
export const InvitationForm = later(async () => (await import('./forms/invitation.tsx')).InvitationForm)
export const NewLinkShown = later(async () => (await import('./components/new-link.tsx')).NewLinkShown)
export const Templates = later(async () => (await import('./components/templates.tsx')).Templates)
export const Exports = later(async () => (await import('./components/exports.tsx')).Exports)
export const SpinnerMenu = later(async () => (await import('./components/spinner-menu.tsx')).SpinnerMenu)
export const SpinMenu = later(async () => (await import('./components/spin-menu.tsx')).SpinMenu)
export const ImportForm = later(async () => (await import('./forms/import.tsx')).ImportForm)
export const FileMenu = later(
  async () => (await import('./components/file-menu.tsx')).FileMenu,
  <span className="file-menu-space" aria-hidden="true" />,
)
export const UserMenu = later(
  async () => (await import('./components/user-menu.tsx')).UserMenu,
  <span className="avatar" aria-hidden="true" />,
)
