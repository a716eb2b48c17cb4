/** A spinner's colour. Decoration: the name beside it says the same. */
export function Dot({ colour }: { colour: string | null | undefined }) {
  return <span className="dot" style={colour ? { background: colour } : undefined} aria-hidden="true" />
}
