import { useState } from 'react'
import type { MemberChange, MemberEntry } from '../../protocol/member-schema.ts'
import { request } from '../lib/api.ts'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity-context.ts'

const roles = ['reader', 'member', 'moderator', 'owner'] as const

/** Who may be in a circle, and as what. */
export function Members({ name, mayChange }: { name: string; mayChange: boolean }) {
  const who = useIdentity()
  const { value, again } = useRequest<{ members: MemberEntry[] }>(`/api/circles/${name}/members`)
  const [problem, setProblem] = useState<string | null>(null)
  if (value === null) return null

  const change = async (user: string, next: MemberChange): Promise<void> => {
    try {
      await request(who, `/api/circles/${name}/members/${encodeURIComponent(user)}`, { method: 'PATCH', body: next })
      setProblem(null)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'It could not be changed.')
    }
    again()
  }
  return (
    <section aria-label="Members">
      <h3>Members</h3>
      <ul className="members">
        {value.members.map(({ id, name: display, role, muted, banned }) => (
          <li key={id}>
            <span className="name" title={id}>
              {display ?? id.replace(/^guest:/, '')}
            </span>
            {mayChange ? (
              <>
                <select
                  aria-label={`Role of ${display ?? id}`}
                  value={role ?? 'usual'}
                  onChange={({ target }) =>
                    void change(id, { role: roles.find(role => role === target.value) ?? null })
                  }
                >
                  <option value="usual">as usual</option>
                  {roles.map(role => (
                    <option key={role}>{role}</option>
                  ))}
                </select>
                <button type="button" aria-pressed={muted} onClick={() => void change(id, { muted: !muted })}>
                  {muted ? 'Muted' : 'Mute'}
                </button>
                <button type="button" aria-pressed={banned} onClick={() => void change(id, { banned: !banned })}>
                  {banned ? 'Banned' : 'Ban'}
                </button>
              </>
            ) : (
              <span className="soft">{banned ? 'banned' : muted ? 'muted' : (role ?? '')}</span>
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
