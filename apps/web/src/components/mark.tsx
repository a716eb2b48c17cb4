import { useReducedMotion } from '@mantine/hooks'
import { type CSSProperties, useEffect, useId, useRef } from 'react'

/** The product's mark, a three-armed spinner. With `spinning` it turns, and runs out slowly as a real one does. */
export function Mark({
  size = 28,
  spinning = false,
  colour,
}: {
  size?: number
  spinning?: boolean
  colour?: string | undefined
}) {
  const mask = useId()
  const svg = useSpin(spinning)
  return (
    <svg
      ref={svg}
      className="mark"
      viewBox="0 0 32 32"
      width={size}
      height={size}
      style={colour ? ({ '--own': colour } as CSSProperties) : undefined}
      aria-hidden="true"
    >
      <mask id={mask}>
        <g fill="#fff" stroke="#fff" strokeWidth="7.6" strokeLinecap="round">
          <path d="M16 16V6.7M16 16l-8.05 4.65M16 16l8.05 4.65" />
          {lobes.map(([x, y]) => (
            <circle key={x} cx={x} cy={y} r="2.6" />
          ))}
        </g>
        {lobes.map(([x, y]) => (
          <circle key={x} cx={x} cy={y} r="3" />
        ))}
        <circle cx="16" cy="16" r="3.9" />
        <circle cx="16" cy="16" r="2.2" fill="#fff" />
      </mask>
      <rect width="32" height="32" fill="currentColor" mask={`url(#${mask})`} />
    </svg>
  )
}

const lobes = [
  [16, 6.7],
  [7.95, 20.65],
  [24.05, 20.65],
] as const

const turnMs = 620
/** How long it takes to come to speed and, a bearing being good, how much longer to run out. */
const runUpMs = 350
const runOutMs = 1800

function useSpin(spinning: boolean) {
  const ref = useRef<SVGSVGElement>(null)
  const turning = useRef<Animation>(null)
  const still = useReducedMotion()

  useEffect(() => {
    if (still || !ref.current || (!spinning && !turning.current)) return
    turning.current ??= ref.current.animate([{ rotate: '0deg' }, { rotate: '360deg' }], {
      duration: turnMs,
      iterations: Number.POSITIVE_INFINITY,
    })
    const animation = turning.current
    const from = spinning && animation.playState === 'paused' ? 0 : animation.playbackRate
    animation.play()
    const since = performance.now()
    let frame = requestAnimationFrame(function step(now) {
      const done = Math.min(1, (now - since) / (spinning ? runUpMs : runOutMs))
      animation.updatePlaybackRate(spinning ? from + (1 - from) * done : from * (1 - done) ** 2)
      if (done < 1) frame = requestAnimationFrame(step)
      else if (!spinning) animation.pause()
    })
    return () => cancelAnimationFrame(frame)
  }, [spinning, still])

  return ref
}
