import { useState } from 'react'
import { messageOf } from '../lib/api.ts'
import { useIdentity } from '../nav/identity.ts'
import { createInvitation } from '../nav/invitation.ts'

/** Creates a link that brings one person into the circle as a member, even if it is private. */
export function Invite({ name }: { name: string }) {
  const identity = useIdentity()
  const [link, setLink] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const create = async (): Promise<void> => {
    try {
      setLink(await createInvitation(identity, name))
      setProblem(null)
    } catch (error) {
      setProblem(messageOf(error, 'The invitation could not be created.'))
    }
  }
  return (
    <section aria-label="Invite">
      <h3>Invite</h3>
      <button type="button" className="outline" onClick={() => void create()}>
        Create a link for one person
      </button>
      {link === null ? null : (
        <input readOnly value={link} aria-label="Invitation link" onFocus={event => event.target.select()} />
      )}
      {problem === null ? null : <p className="problem">{problem}</p>}
    </section>
  )
}
