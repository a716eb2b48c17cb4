import { Select, type SelectProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { membersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'

/** Choosing a person of the company; `former` offers those who left as well. */
export function MemberSelect({ former = false, ...props }: Omit<SelectProps, 'data'> & { former?: boolean }) {
  const { data: members = [] } = useQuery(membersQuery(useCompany()))
  const offered = members.filter(({ id, active }) => active || former || id === props.value)
  return <Select searchable limit={100} data={offered.map(({ id, name }) => ({ value: id, label: name }))} {...props} />
}
