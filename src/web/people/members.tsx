import { useState } from 'react'
import type { MemberChange, MemberEntry } from '../../protocol/commands/member-schema.ts'
import { messageOf, request } from '../lib/api.ts'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity.ts'

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
      setProblem(messageOf(error, 'The member could not be changed.'))
    }
    reload()
  }
  return (
    <section aria-label="Members">
      <h3>Members</h3>
      <ul className="members">
        {value.members.map(member => (
          <li key={member.id}>
            <span className="name" title={member.id}>
              {displayName(member)}
            </span>
            {mayChange ? (
              <MemberControls member={member} onChange={body => void change(member.id, body)} />
            ) : (
              <span className="soft">{statusText(member)}</span>
            )}
          </li>
        ))}
      </ul>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}

function MemberControls({ member, onChange }: { member: MemberEntry; onChange(body: MemberChange): void }) {
  const { id, name, role, muted, banned } = member
  return (
    <>
      <select
        aria-label={`Role of ${name ?? id}`}
        value={role ?? 'default'}
        onChange={({ target }) => onChange({ role: roles.find(role => role === target.value) ?? null })}
      >
        <option value="default">default</option>
        {roles.map(role => (
          <option key={role}>{role}</option>
        ))}
      </select>
      <button type="button" aria-pressed={muted} onClick={() => onChange({ muted: !muted })}>
        {muted ? 'Muted' : 'Mute'}
      </button>
      <button type="button" aria-pressed={banned} onClick={() => onChange({ banned: !banned })}>
        {banned ? 'Banned' : 'Ban'}
      </button>
    </>
  )
}

const displayName = ({ id, name }: MemberEntry): string => name ?? id.replace(/^guest:/, '')

const statusText = ({ role, muted, banned }: MemberEntry): string =>
  banned ? 'banned' : muted ? 'muted' : (role ?? '')
