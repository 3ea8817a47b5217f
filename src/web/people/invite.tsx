import { useState } from 'react'
import { request } from '../lib/api.ts'
import { useIdentity } from '../nav/identity-context.ts'
import { invitationLink } from '../nav/invitation.ts'

/** Makes an address that brings one person into the circle as a member, also if it is private. */
export function Invite({ name }: { name: string }) {
  const who = useIdentity()
  const [link, setLink] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const invite = async (): Promise<void> => {
    try {
      const { invitation } = await request<{ invitation: string }>(who, `/api/circles/${name}/invitations`, {
        method: 'POST',
        body: {},
      })
      setLink(invitationLink(name, invitation))
      setProblem(null)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'It could not be made.')
    }
  }
  return (
    <section aria-label="Invite">
      <h3>Invite</h3>
      <button type="button" className="outline" onClick={() => void invite()}>
        Make an address for one person
      </button>
      {link === null ? null : (
        <input readOnly value={link} aria-label="Address for one person" onFocus={event => event.target.select()} />
      )}
      {problem === null ? null : <p className="problem">{problem}</p>}
    </section>
  )
}
