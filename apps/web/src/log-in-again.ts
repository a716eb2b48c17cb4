import { useSyncExternalStore } from 'react'

/**
 * A session that ends while someone works: requests wait here until the person has logged in again in place, then are
 * sent once more, so that nothing typed is lost.
 */
export function logInAgain(): Promise<boolean> {
  if (!armed) return Promise.resolve(false)
  waiting ??= new Promise(resolve => {
    settle = resolve
  })
  tell()
  return waiting
}

/** Armed while somebody is logged in in this tab; before that an unauthenticated answer is simply an answer. */
export function armLogInAgain(on: boolean) {
  armed = on
}

/** `true`: logged in again, send what waits. `false`: gave up, let it fail. */
export function finishLogInAgain(loggedIn: boolean) {
  settle(loggedIn)
  waiting = undefined
  tell()
}

export function useWaitingForLogIn(): boolean {
  return useSyncExternalStore(subscribe, () => waiting !== undefined)
}

let armed = false
let waiting: Promise<boolean> | undefined
let settle: (loggedIn: boolean) => void = () => {}
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell() {
  for (const listener of listeners) listener()
}
