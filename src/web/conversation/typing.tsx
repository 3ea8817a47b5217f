import type { Channel } from '../../client/client.ts'
import { useChannel, useTyping } from '../../client/react.ts'

/** Who is typing, and who has seen your last line. The space is always there, so that nothing moves. */
export function Typing({ channel }: { channel: Channel }) {
  const { typing } = useTyping(channel)
  const isLive = useChannel(channel, state => state.connection.downSince === null)
  const seen = useSeenBy(channel)
  return (
    <p className="typing" aria-live="off">
      <span>{isLive ? typingWords(typing.map(({ user_name }) => user_name)) : ''}</span>
      <span>{seen.length === 0 ? '' : `Seen by ${seen.length > 3 ? `${seen.length} people` : seen.join(', ')}`}</span>
    </p>
  )
}

function typingWords(names: string[]): string {
  const [one, two, ...more] = names
  if (one === undefined) return ''
  if (two === undefined) return `${one} is typing`
  return more.length === 0 ? `${one} and ${two} are typing` : `${one}, ${two} and ${more.length} more are typing`
}

/** Those who are here and have read the last line, if that is ours. */
function useSeenBy(channel: Channel): string[] {
  const reads = useChannel(channel, state => state.readBy)
  const members = useChannel(channel, state => state.members)
  const last = useChannel(channel, state => state.entries.at(-1))
  const me = useChannel(channel, state => state.self)
  if (last === undefined || me === null || last.author?.id !== me.id) return []
  return members.filter(({ id }) => id !== me.id && (reads.get(id) ?? 0) >= last.seq).map(({ name }) => name)
}
