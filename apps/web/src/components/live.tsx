import { useEffect } from 'react'
import { keepFresh } from '../live.ts'
import { useCompany } from '../session.ts'

/** Shows nothing, and keeps what is shown of the company fresh for as long as it is there. */
export function Live() {
  const { id, slug } = useCompany()
  useEffect(() => keepFresh({ id, slug }), [id, slug])
  return null
}
