import { useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { messageOf, request } from '../lib/api.ts'
import { useIdentity } from '../nav/identity.ts'
import { kindOf } from '../nav/route.ts'

/** Offers a circle that nobody created to whoever began it, or to anybody while it is empty; nothing otherwise. */
export function TakeOver({ channel }: { channel: Channel }) {
  const identity = useIdentity()
  const isFree = useChannel(channel, ({ self, position, entries }) => {
    const [first] = entries
    const isOwn = first?.seq === 1 && first.author?.kind === 'person' && first.author.id === self?.id
    return self !== null && self.role === 'member' && (position === 0 || isOwn)
  })
  const [problem, setProblem] = useState<string | null>(null)
  const { kind, isShared } = kindOf(channel.name)
  const name = channel.name.slice(kind.length + 1)
  if (!isFree || isShared(name)) return null
  const take = (): void =>
    void request(identity, '/api/circles', { method: 'POST', body: { name } }).then(
      () => setProblem(null), // the new role arrives on the socket
      error => setProblem(messageOf(error, 'The circle could not be taken over.')),
    )
  return (
    <span className="take-over">
      Nobody owns this circle yet.{' '}
      <button type="button" className="link" onClick={take}>
        Become its owner
      </button>
      {problem === null ? null : (
        <span className="problem" role="alert">
          {' '}
          {problem}
        </span>
      )}
    </span>
  )
}
