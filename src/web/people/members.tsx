import { useMemo, useState } from 'react'
import type { Author } from '../../client/client.ts'
import type { MemberChange, MemberEntry } from '../../protocol/commands/member-schema.ts'
import { request } from '../lib/api.ts'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { roleText } from '../words/role-text.ts'
import { t } from '../words/words.ts'
import { Avatar } from './avatar.tsx'
import { DistinctName, DistinctNames, useDistinctText } from './distinct-name.tsx'

const roles = ['reader', 'member', 'moderator', 'owner'] as const

/** The members of a circle and their roles; an owner can change them. */
export function Members({ name, mayChange }: { name: string; mayChange: boolean }) {
  const identity = useIdentity()
  const { value, reload } = useRequest<{ members: MemberEntry[] }>(`/api/circles/${name}/members`)
  const [problem, setProblem] = useState<string | null>(null)
  if (value === null) return null

  const change = async (id: string, body: MemberChange): Promise<void> => {
    try {
      await request(identity, `/api/circles/${name}/members/${encodeURIComponent(id)}`, { method: 'PATCH', body })
      setProblem(null)
    } catch (error) {
      setProblem(problemText(error, t('members.notChanged')))
    }
    reload()
  }
  return (
    <section aria-label={t('members.title')}>
      <h3>{t('members.title')}</h3>
      <MemberList members={value.members} onChange={mayChange ? (id, body) => void change(id, body) : null} />
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}

type ListProps = { members: readonly MemberEntry[]; onChange: ((id: string, body: MemberChange) => void) | null }

/** Members with controls, or with what they are allowed if it cannot be changed. They may be absent, and never have written. */
export function MemberList({ members, onChange }: ListProps) {
  const authors = useMemo(() => members.map(authorOf), [members])
  return (
    <DistinctNames authors={authors}>
      <ul className="members">
        {members.map(member => (
          <li key={member.id} title={member.id}>
            <Avatar author={authorOf(member)} />
            <DistinctName author={authorOf(member)} />
            {onChange === null ? (
              <span className="soft">{statusText(member)}</span>
            ) : (
              <MemberControls member={member} onChange={body => onChange(member.id, body)} />
            )}
          </li>
        ))}
      </ul>
    </DistinctNames>
  )
}

function MemberControls({ member, onChange }: { member: MemberEntry; onChange(body: MemberChange): void }) {
  const { role, muted, banned } = member
  const nameOf = useDistinctText()
  return (
    <>
      <select
        aria-label={t('members.role', { name: nameOf(authorOf(member)) })}
        value={role ?? 'default'}
        onChange={({ target }) => onChange({ role: roles.find(role => role === target.value) ?? null })}
      >
        <option value="default">{t('members.default')}</option>
        {roles.map(role => (
          <option key={role} value={role}>
            {roleText(role)}
          </option>
        ))}
      </select>
      <button type="button" aria-pressed={muted} onClick={() => onChange({ muted: !muted })}>
        {muted ? t('members.muted') : t('members.mute')}
      </button>
      <button type="button" aria-pressed={banned} onClick={() => onChange({ banned: !banned })}>
        {banned ? t('members.banned') : t('members.ban')}
      </button>
    </>
  )
}

const authorOf = ({ id, name }: MemberEntry): Author => ({
  id,
  name: name ?? id.replace(/^guest:/, ''),
  kind: 'person',
})

const statusText = ({ role, muted, banned }: MemberEntry): string =>
  banned ? t('members.isBanned') : muted ? t('members.isMuted') : role === null ? '' : roleText(role)
