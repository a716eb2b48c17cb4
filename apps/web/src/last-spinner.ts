/** The spinner one timed last in a company, offered first the next time. Storage that is switched off only forgets. */
export function chosenSpinner(companyId: string): string | null {
  return localStorage.getItem(name(companyId))
}

export function chooseSpinner(companyId: string, spinnerId: string) {
  localStorage.setItem(name(companyId), spinnerId)
}

export function forgetChosenSpinners() {
  for (const key of Object.keys(localStorage)) if (key.startsWith(name(''))) localStorage.removeItem(key)
}

function name(companyId: string): string {
  return `spintrack.spinner.${companyId}`
}
