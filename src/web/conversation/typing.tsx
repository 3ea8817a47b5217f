import type { Channel } from '../../client/client.ts'
import { useChannel, useTyping } from '../../client/react.ts'

/** The people who are typing and those who have seen the reader's last message; the height is fixed. */
export function Typing({ channel }: { channel: Channel }) {
  const { typing } = useTyping(channel)
  const isLive = useChannel(channel, state => state.connection.downSince === null)
  const seenBy = useSeenBy(channel)
  return (
    <p className="typing" aria-live="off">
      <span>{isLive ? typingText(typing.map(({ user_name }) => user_name)) : ''}</span>
      <span>{seenText(seenBy)}</span>
    </p>
  )
}

function typingText(names: string[]): string {
  const [first, second, ...more] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is typing`
  return more.length === 0
    ? `${first} and ${second} are typing`
    : `${first}, ${second} and ${more.length} more are typing`
}

function seenText(names: string[]): string {
  if (names.length === 0) return ''
  return `Seen by ${names.length > 3 ? `${names.length} people` : names.join(', ')}`
}

/** Returns the names of present members who have read the last message, if it is the reader's own. */
function useSeenBy(channel: Channel): string[] {
  const reads = useChannel(channel, state => state.readBy)
  const members = useChannel(channel, state => state.members)
  const last = useChannel(channel, state => state.entries.at(-1))
  const me = useChannel(channel, state => state.self)
  if (last === undefined || me === null || last.author?.id !== me.id) return []
  return members.filter(({ id }) => id !== me.id && (reads.get(id) ?? 0) >= last.seq).map(({ name }) => name)
}
