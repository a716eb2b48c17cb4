import { allows, grantableBy, type Role } from '@spintrack/contract/permissions'
import { useQuery } from '@tanstack/react-query'
import { api, type Member } from '../api.ts'
import { formatDate } from '../dates.ts'
import { refreshMembers } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { notifyProblem, notifySaved } from '../notices.tsx'
import { companyQuery } from '../queries.ts'
import { refreshSession, useCompany } from '../session.ts'
import { texts } from '../texts.ts'
import { MemberMenu } from './member-menu.tsx'

/** The people who belong to the company, and what each may do. */
export function MemberTable({ members }: { members: Member[] }) {
  const { data: mine } = useQuery(companyQuery(useCompany()))
  return (
    <table className="rows spinner-table member-table">
      <thead>
        <tr>
          <th scope="col">{t.person}</th>
          <th scope="col">{t.role}</th>
          <th scope="col" className="wide-only">
            {t.joined}
          </th>
          <th scope="col">
            <span className="sr-only">{texts.edit}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {members.map(member => (
          <Row key={member.id} member={member} isMine={member.id === mine?.memberId} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ member, isMine }: { member: Member; isMine: boolean }) {
  const { name, email, createdAt } = member
  return (
    <tr>
      <th scope="row">
        <div className="token-name">
          <span>
            <strong>{name}</strong> {isMine && <span className="tag">{t.you}</span>}
          </span>
          {email && <small>{email}</small>}
        </div>
      </th>
      <td className="member-role">
        <RoleOf member={member} />
      </td>
      <td className="wide-only">{formatDate(createdAt)}</td>
      <td className="row-menu">
        <MemberMenu member={member} isMine={isMine} />
      </td>
    </tr>
  )
}

/** A native select: it is small, works everywhere, and there is one in each row. */
function RoleOf({ member: { id, name, role } }: { member: Member }) {
  const company = useCompany()
  const grantable = grantableBy(company.role)
  if (role === null) return null
  if (!allows(company.role, 'members.write') || !grantable.includes(role)) return texts.roles[role]
  const change = async (chosen: Role) => {
    try {
      await api.updateMember(company.slug, id, { role: chosen })
      notifySaved(t.changed(name, texts.roles[chosen]))
    } catch (error) {
      notifyProblem(error)
    }
    await Promise.all([refreshMembers(company), refreshSession()])
  }
  return (
    <select
      className="quiet-select"
      aria-label={t.roleOf(name)}
      value={role}
      onChange={({ currentTarget }) => change(currentTarget.value as Role)}
    >
      {grantable.map(one => (
        <option key={one} value={one}>
          {texts.roles[one]}
        </option>
      ))}
    </select>
  )
}
