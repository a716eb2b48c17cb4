import { forget, recall, remember } from './storage.ts'

const prefix = 'spintrack.spinner.'

/** The spinner one timed last in a company, offered first the next time. */
export function chosenSpinner(companyId: string): string | null {
  return recall('localStorage', prefix + companyId)
}

export function chooseSpinner(companyId: string, spinnerId: string) {
  remember('localStorage', prefix + companyId, spinnerId)
}

export function forgetChosenSpinners() {
  forget('localStorage', prefix)
}
