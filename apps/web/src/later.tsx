import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'

/** A component fetched when it is first shown, so that no page waits for what it only may show. Meanwhile `instead`. */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  instead: ReactNode = null,
): ComponentType<P> {
  const Loaded = lazy(async () => ({ default: (await load()) as ComponentType<object> }))
  return function Later(props) {
    return (
      <Suspense fallback={instead}>
        <Loaded {...props} />
      </Suspense>
    )
  }
}
