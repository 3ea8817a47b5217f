import { useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { request } from '../lib/api.ts'
import { kindOf } from '../lib/kinds.ts'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

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
      error => setProblem(problemText(error, t('people.notTakenOver'))),
    )
  return (
    <span className="take-over">
      {t('people.noOwner')}{' '}
      <button type="button" className="link" onClick={take}>
        {t('people.takeOver')}
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
