import { Skeleton } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { api, type Spin } from '../api.ts'
import { formatDay, formatTime } from '../dates.ts'
import { Confirm, SpinForm, SpinMenu } from '../drawers.tsx'
import { formatDuration } from '../duration.ts'
import { type Names, useNames } from '../names.ts'
import { notifySaved } from '../notices.tsx'
import { paths } from '../paths.ts'
import { refresh } from '../queries.ts'
import { useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { Dot } from './dot.tsx'

type Props = {
  spins: Spin[] | undefined
  /** Leaves out what one can do with them. */
  brief?: boolean
  /** All are of one spinner, named elsewhere on the page. */
  ofOne?: boolean
}

/** Spins, newest first, a heading for each day. */
export function SpinTable({ spins, brief = false, ofOne = false }: Props) {
  const company = useCompany()
  const [editing, setEditing] = useState<Spin | null>(null)
  const [deleting, setDeleting] = useState<Spin | null>(null)
  const names = useNames(spins)
  const mayWrite = !brief && allows(company.role, 'spins.write')
  if (!spins) return <Skeleton height={280} />

  const remove = async (spin: Spin) => {
    await api.deleteSpin(company.slug, spin.id)
    notifySaved(texts.spin.deleted)
    await refresh(company, 'spins', 'statistics')
  }
  return (
    <>
      <table className="rows spin-table" data-brief={brief}>
        <thead className="sr-only">
          <tr>
            <th scope="col">{texts.spins.when}</th>
            {!ofOne && <th scope="col">{texts.spin.spinner}</th>}
            <th scope="col">{texts.spin.member}</th>
            <th scope="col">{texts.spin.duration}</th>
            {mayWrite && <th scope="col">{texts.edit}</th>}
          </tr>
        </thead>
        {byDay(spins).map(([day, rows]) => (
          <tbody key={day}>
            <tr className="day">
              <th scope="rowgroup" colSpan={5}>
                {day}
              </th>
            </tr>
            {rows.map(spin => (
              <Row key={spin.id} spin={spin} names={names} ofOne={ofOne}>
                {mayWrite && <SpinMenu spin={spin} onEdit={setEditing} onDelete={setDeleting} />}
              </Row>
            ))}
          </tbody>
        ))}
      </table>
      {editing && <SpinForm spin={editing} onClose={() => setEditing(null)} />}
      {deleting && (
        <Confirm
          title={texts.spin.deleteTitle}
          text={texts.spin.deleteText(
            formatDuration(deleting.durationMs),
            names.spinner(deleting.spinnerId)?.name ?? '',
          )}
          action={texts.delete}
          run={() => remove(deleting)}
          onClose={() => setDeleting(null)}
        />
      )}
    </>
  )
}

type RowProps = { spin: Spin; names: Names; ofOne: boolean; children: ReactNode }

function Row({ spin, names, ofOne, children }: RowProps) {
  const { slug } = useCompany()
  const spinner = names.spinner(spin.spinnerId)
  const member = names.member(spin.memberId) ?? texts.spins.unknownMember
  return (
    <tr>
      <td className="spin-time figures">{formatTime(spin.startedAt)}</td>
      <th scope="row" className="spin-what">
        {ofOne ? (
          member
        ) : (
          <>
            <Dot colour={spinner?.colour} />
            <Link {...paths.spinner(slug, spin.spinnerId)}>{spinner?.name ?? texts.spins.unknownSpinner}</Link>
          </>
        )}
        {spin.note && <span className="spin-note">{spin.note}</span>}
      </th>
      {!ofOne && <td className="spin-who">{member}</td>}
      <td className="spin-duration figures">{formatDuration(spin.durationMs)}</td>
      {children && <td className="row-menu">{children}</td>}
    </tr>
  )
}

function byDay(spins: Spin[]): [string, Spin[]][] {
  const days = new Map<string, Spin[]>()
  for (const spin of spins) {
    const day = formatDay(spin.startedAt)
    days.set(day, [...(days.get(day) ?? []), spin])
  }
  return [...days]
}
