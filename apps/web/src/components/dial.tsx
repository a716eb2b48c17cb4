import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from 'react'
import { stopwatchFace } from '../duration.ts'
import { useElapsed } from '../stopwatch.ts'
import { Mark } from './mark.tsx'

/** Held for longer than this, letting go stops; shorter, it was a press and the next press stops. */
const holdMs = 400

type DialProps = {
  id?: string
  startedAt: number | null
  label: string
  colour?: string | null | undefined
  disabled?: boolean
  /** Listens to the space bar of the whole page, wherever nothing else wants it. */
  spaceBar?: boolean
  onStart: () => void
  onStop: () => void
}

/** The stopwatch: a spinner to press, hold or work with the space bar. */
export function Dial({ id, startedAt, label, colour, disabled = false, spaceBar = false, onStart, onStop }: DialProps) {
  const elapsed = useElapsed(startedAt)
  const pressedAt = useRef<number | null>(null)

  const press = () => {
    if (disabled) return
    if (startedAt !== null) return onStop()
    pressedAt.current = performance.now()
    onStart()
  }
  const release = () => {
    const held = pressedAt.current !== null && performance.now() - pressedAt.current >= holdMs
    pressedAt.current = null
    if (held) onStop()
  }
  const tap = () => {
    press()
    pressedAt.current = null
  }
  useSpaceBar(spaceBar && !disabled, press, release)

  return (
    <button
      type="button"
      id={id}
      className="dial"
      data-running={startedAt !== null}
      aria-label={label}
      aria-disabled={disabled}
      onPointerDown={event => isMain(event) && press()}
      onPointerUp={release}
      onPointerCancel={release}
      onContextMenu={event => event.preventDefault()}
      onKeyDown={event => onSpace(event, press)}
      onKeyUp={event => onSpace(event, release)}
      // Enter, and the clicks that assistive technology makes without a pointer.
      onClick={event => event.detail === 0 && tap()}
    >
      <Mark size={140} spinning={startedAt !== null} colour={colour ?? undefined} />
      <span className="dial-face figures" aria-hidden="true">
        {stopwatchFace(elapsed)}
      </span>
    </button>
  )
}

function isMain(event: PointerEvent): boolean {
  return event.button === 0
}

function onSpace(event: KeyboardEvent, act: () => void) {
  if (event.key !== ' ') return
  // Else the browser would click the button as well, and space would count twice.
  event.preventDefault()
  if (!event.repeat) act()
}

function useSpaceBar(on: boolean, press: () => void, release: () => void) {
  const latest = useRef({ press, release })
  latest.current = { press, release }
  useEffect(() => {
    if (!on) return
    const free = (event: globalThis.KeyboardEvent) =>
      event.key === ' ' && !event.ctrlKey && !event.metaKey && !event.altKey && isNobodys(event.target)
    const down = (event: globalThis.KeyboardEvent) => {
      if (!free(event)) return
      event.preventDefault()
      if (!event.repeat) latest.current.press()
    }
    const up = (event: globalThis.KeyboardEvent) => free(event) && latest.current.release()
    document.addEventListener('keydown', down)
    document.addEventListener('keyup', up)
    return () => {
      document.removeEventListener('keydown', down)
      document.removeEventListener('keyup', up)
    }
  }, [on])
}

/** Whether the space bar pressed there has no use of its own; a link, for one, takes only Enter. */
function isNobodys(target: EventTarget | null): boolean {
  return (
    target instanceof Element && !target.closest('input, textarea, select, button, summary, [role], [contenteditable]')
  )
}
