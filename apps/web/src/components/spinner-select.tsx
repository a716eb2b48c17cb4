import { Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Spinner } from '../api.ts'
import { allSpinnersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { Dot } from './dot.tsx'

type Props = Omit<SelectProps, 'data' | 'renderOption'> & { only?: Spinner['status'] }

/** Choosing a spinner by name or serial number. */
export function SpinnerSelect({ only, ...props }: Props) {
  const { data: spinners = [] } = useQuery(allSpinnersQuery(useCompany()))
  const offered = spinners.filter(({ id, status }) => !only || status === only || id === props.value)
  const chosen = spinners.find(({ id }) => id === props.value)
  return (
    <Select
      searchable
      nothingFoundMessage={texts.spin.noMatch}
      leftSection={chosen && <Dot colour={chosen.colour} />}
      limit={100}
      data={offered.map(({ id, name, serialNumber }) => ({ value: id, label: `${name} · ${serialNumber}` }))}
      renderOption={({ option }) => (
        <>
          <Dot colour={spinners.find(({ id }) => id === option.value)?.colour} />
          {option.label}
        </>
      )}
      {...props}
    />
  )
}
