import { useId } from 'react'
import { texts } from '../texts.ts'

/** Told apart at the size of a dot, also by most who see colours differently: their lightness differs too. */
const swatches = [
  ['#e24c15', 'Vermilion'],
  ['#f2b705', 'Amber'],
  ['#2f9e5b', 'Green'],
  ['#0b7285', 'Teal'],
  ['#2864c7', 'Blue'],
  ['#8a3ffc', 'Violet'],
  ['#d6336c', 'Pink'],
  ['#343a40', 'Graphite'],
] as const

type Props = {
  label: string
  /** What having no colour is called, where one may have none. */
  none?: string
  value: string | null
  onChange: (colour: string | null) => void
}

/** A colour from a few good ones, or any with the browser's own picker. */
export function ColourField({ label, none, value, onChange }: Props) {
  const name = useId()
  const own = value !== null && !swatches.some(([colour]) => colour === value)
  return (
    <fieldset className="colours">
      <legend>{label}</legend>
      {none && (
        <label className="colour" data-none="true" title={none}>
          <input type="radio" name={name} checked={value === null} onChange={() => onChange(null)} />
          <span className="sr-only">{none}</span>
        </label>
      )}
      {swatches.map(([colour, title]) => (
        <label key={colour} className="colour" style={{ background: colour }} title={title}>
          <input type="radio" name={name} checked={value === colour} onChange={() => onChange(colour)} />
          <span className="sr-only">{title}</span>
        </label>
      ))}
      <label
        className="colour"
        data-own={own}
        style={own ? { background: value } : undefined}
        title={texts.spinners.ownColour}
      >
        <span className="sr-only">{texts.spinners.ownColour}</span>
        <input type="color" value={value ?? '#888888'} onChange={event => onChange(event.currentTarget.value)} />
      </label>
    </fieldset>
  )
}
