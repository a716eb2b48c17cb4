import { ActionIcon } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Token } from '../api.ts'
import { formatAgo, formatDate } from '../dates.ts'
import { Confirm } from '../drawers.tsx'
import { notifySaved } from '../notices.tsx'
import { companyQuery, membersQuery } from '../queries.ts'
import { useCompany } from '../session.ts'
import { tokenTexts as t } from '../token-texts.ts'
import { refreshTokens } from '../tokens.ts'

/** Tokens, newest first. Whose they are is said when there are some of others among them. */
export function TokenTable({ tokens }: { tokens: Token[] }) {
  const company = useCompany()
  const { data: mine } = useQuery(companyQuery(company))
  const { data: members } = useQuery(membersQuery(company))
  const [revoking, setRevoking] = useState<Token | null>(null)
  const others = tokens.some(({ memberId }) => memberId !== mine?.memberId)
  const whose = (id: string) => (id === mine?.memberId ? t.you : members?.find(member => member.id === id)?.name)
  const revoke = async ({ id, name }: Token) => {
    await api.deleteToken(company.slug, id)
    notifySaved(t.revoked(name))
    await refreshTokens(company)
  }
  return (
    <>
      <table className="rows spinner-table">
        <thead>
          <tr>
            <th scope="col">{t.name}</th>
            <th scope="col" className="wide-only">
              {t.access}
            </th>
            <th scope="col" className="wide-only">
              {t.created}
            </th>
            <th scope="col" className="wide-only">
              {t.lastUsed}
            </th>
            <th scope="col" className="wide-only">
              {t.expires}
            </th>
            <th scope="col">
              <span className="sr-only">{t.revoke}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map(token => (
            <Row
              key={token.id}
              token={token}
              whose={others ? whose(token.memberId) : undefined}
              onRevoke={() => setRevoking(token)}
            />
          ))}
        </tbody>
      </table>
      {revoking && (
        <Confirm
          title={t.revokeTitle(revoking.name)}
          text={t.revokeText}
          action={t.revoke}
          run={() => revoke(revoking)}
          onClose={() => setRevoking(null)}
        />
      )}
    </>
  )
}

type RowProps = { token: Token; whose: string | undefined; onRevoke: () => void }

function Row({ token: { name, prefix, scopes, createdAt, lastUsedAt, expiresAt }, whose, onRevoke }: RowProps) {
  const access = t.scopes[scopes.includes('write') ? 'write' : 'read'].label
  const used = lastUsedAt ? formatAgo(lastUsedAt) : t.never
  const expired = expiresAt !== null && Date.parse(expiresAt) <= Date.now()
  const expires = expiresAt ? formatDate(expiresAt) : t.never
  return (
    <tr data-retired={expired}>
      <th scope="row">
        <div className="token-name">
          <span>
            <strong>{name}</strong> {expired && <span className="tag">{t.expired}</span>}
          </span>
          <small>
            <code>{prefix}…</code>
            {whose && ` · ${whose}`}
          </small>
          <small className="narrow-only">{t.narrow(access, used, expires)}</small>
        </div>
      </th>
      <td className="wide-only">{access}</td>
      <td className="wide-only">{formatDate(createdAt)}</td>
      <td className="wide-only">{used}</td>
      <td className="wide-only">{expires}</td>
      <td className="row-menu">
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.revokeName(name)} onClick={onRevoke}>
          <IconTrash size={18} />
        </ActionIcon>
      </td>
    </tr>
  )
}
