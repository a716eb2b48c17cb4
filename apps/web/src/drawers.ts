import { later } from './later.tsx'

/** What opens over a page when asked for. */
export const SpinForm = later(async () => (await import('./forms/spin.tsx')).SpinForm)
export const SpinnerForm = later(async () => (await import('./forms/spinner.tsx')).SpinnerForm)
export const Confirm = later(async () => (await import('./components/confirm.tsx')).Confirm)
export const LogInAgain = later(async () => (await import('./components/log-in-again.tsx')).LogInAgain)
