import { useQuery } from '@tanstack/react-query'
import { myInvitesQuery } from '../invitations.ts'
import { memberTexts as t } from '../member-texts.ts'
import { texts } from '../texts.ts'
import { DecideInvite } from './decide-invite.tsx'

/** The invitations to the person's own address; nothing at all while there are none. */
export function MyInvites() {
  const { data: invites = [] } = useQuery(myInvitesQuery)
  if (invites.length === 0) return null
  return (
    <section className="my-invites" aria-labelledby="invites-title">
      <h2 id="invites-title">{t.mine}</h2>
      <ul className="company-list">
        {invites.map(({ id, company, inviter, role }) => (
          <li key={id} className="my-invite">
            <span className="company-lines">
              <strong>{company.name}</strong>
              <small>{t.joinLead(inviter.name, texts.roles[role])}</small>
            </span>
            <DecideInvite token={id} company={company.name} />
          </li>
        ))}
      </ul>
    </section>
  )
}
