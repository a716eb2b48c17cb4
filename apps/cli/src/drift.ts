import type { Drift } from '@spintrack/tenancy/drift'

/** What differs in the fleet, for a person: company by company, each thing with what mends it. */
export function describeDrift(drift: readonly Drift[], nameOf: (tenant: string) => string): string {
  return [...new Set(drift.map(({ tenant }) => tenant))]
    .map(tenant => {
      const lines = drift.filter(each => each.tenant === tenant).map(describe)
      return `${nameOf(tenant)}\n${lines.join('')}`
    })
    .join('')
}

function describe(drift: Drift): string {
  const { object, expected, found, repair } = drift
  const said =
    found === null
      ? `${object} is missing, expected ${expected}`
      : expected === null
        ? `${object} should not be there, found ${found}`
        : `${object}: expected ${expected}, found ${found}`
  return `  ${said}\n    ${repair ? `--repair runs: ${repair};` : advice(drift)}\n`
}

function advice({ expected, found }: Drift): string {
  if (found === null) return 'by hand: make it as the migrations do, or restore the tenant from a backup or an export'
  if (expected === null) return 'by hand: drop it once you know that nobody needs it'
  return 'by hand: change it to what is expected; rows may have to change first'
}
