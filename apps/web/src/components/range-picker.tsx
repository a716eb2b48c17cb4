import { type Range, ranges } from '../search.ts'
import { texts } from '../texts.ts'
import { Segments } from './segments.tsx'

const options = ranges.map(value => ({ value, label: texts.range.short[value] }))

export function RangePicker({ value, onChange }: { value: Range; onChange: (range: Range) => void }) {
  return <Segments label={texts.range.label} value={value} options={options} onChange={onChange} />
}
