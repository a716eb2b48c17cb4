import { SegmentedControl } from '@mantine/core'
import { type Range, ranges } from '../search.ts'
import { texts } from '../texts.ts'

export function RangePicker({ value, onChange }: { value: Range; onChange: (range: Range) => void }) {
  return (
    <SegmentedControl
      className="range-picker"
      aria-label={texts.range.label}
      value={value}
      onChange={onChange}
      data={ranges.map(range => ({ value: range, label: texts.range.short[range] }))}
    />
  )
}
