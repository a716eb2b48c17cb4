import { Select, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { paths } from '../paths.ts'
import { ranges, type SpinsSearch } from '../search.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { MemberSelect } from './member-select.tsx'
import { SpinnerSelect } from './spinner-select.tsx'

const t = texts.spins
const custom = 'custom'

/** Which spins to show. All of it lives in the address, so a colleague sees the same. */
export function SpinFilters({ search }: { search: SpinsSearch }) {
  const { slug } = useCompany()
  const navigate = useNavigate()
  const [dates, setDates] = useState(Boolean(search.from ?? search.to))
  const show = (change: SpinsSearch) => navigate({ ...paths.spins(slug, { ...search, ...change }), replace: true })
  const choosePeriod = (period: string | null) => {
    setDates(period === custom)
    if (period === custom) return show({ range: undefined })
    return show({ range: ranges.find(range => range === period && range !== 'all'), from: undefined, to: undefined })
  }
  return (
    <search className="filters" aria-label={t.filters}>
      <SpinnerSelect
        aria-label={texts.spin.spinner}
        placeholder={t.allSpinners}
        clearable
        value={search.spinner ?? null}
        onChange={id => show({ spinner: id ?? undefined })}
      />
      <MemberSelect
        aria-label={texts.spin.member}
        placeholder={t.allMembers}
        former
        clearable
        value={search.member ?? null}
        onChange={id => show({ member: id ?? undefined })}
      />
      <Select
        aria-label={texts.range.label}
        allowDeselect={false}
        value={dates ? custom : (search.range ?? 'all')}
        onChange={choosePeriod}
        data={[
          ...ranges.toReversed().map(range => ({ value: range as string, label: texts.range.long[range] })),
          { value: custom, label: texts.range.custom },
        ]}
      />
      {dates && (
        <>
          <DateInput label={texts.range.from} value={search.from} onChange={from => show({ from })} />
          <DateInput label={texts.range.to} value={search.to} onChange={to => show({ to })} />
        </>
      )}
    </search>
  )
}

type DateInputProps = { label: string; value: string | undefined; onChange: (day: string | undefined) => void }

function DateInput({ label, value, onChange }: DateInputProps) {
  return (
    <TextInput
      type="date"
      aria-label={label}
      value={value ?? ''}
      onChange={event => onChange(event.currentTarget.value || undefined)}
    />
  )
}
