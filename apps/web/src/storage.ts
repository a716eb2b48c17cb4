type Place = 'localStorage' | 'sessionStorage'

/** What the browser keeps for us. Where storage is blocked or full it forgets, and nothing else breaks. */
export function recall(place: Place, name: string): string | null {
  return attempt(() => window[place].getItem(name)) ?? null
}

export function remember(place: Place, name: string, value: string) {
  attempt(() => window[place].setItem(name, value))
}

/** Forgets everything whose name begins with `prefix`. */
export function forget(place: Place, prefix: string) {
  attempt(() => {
    for (const name of Object.keys(window[place])) if (name.startsWith(prefix)) window[place].removeItem(name)
  })
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
