import type { Channel, Entry } from '../../../client/client.ts'
import { useAgents, useChannel, useTurns } from '../../../client/react.ts'
import { clockTime } from '../../lib/format-time.ts'
import { Avatar } from '../../people/avatar.tsx'
import type { ChatActions } from '../../ui/chat-state.ts'
import { t } from '../../words/words.ts'
import { useSeenReply } from '../seen-replies.ts'

type Props = { entry: Entry; channel: Channel; page: ChatActions }

const maxFaces = 4

/** The way to the thread of a message: who replied, how many replies are new, when the last came, and who writes now. */
export function Replies({ entry, channel, page }: Props) {
  const writing = useWriting(entry, channel)
  const self = useChannel(channel, state => state.self)
  const seen = useSeenReply(channel, entry.seq)
  const replies = entry.replies.flatMap(seq => channel.entry(seq) ?? [])
  const authors = new Map(replies.flatMap(({ author }) => (author === null ? [] : [[author.id, author] as const])))
  const isNew = ({ seq, author }: Entry): boolean => seq > seen && author?.id !== self?.id
  const fresh = replies.filter(isNew).length
  const last = replies.at(-1)
  return (
    <button
      type="button"
      className="replies"
      data-unread={fresh > 0 || undefined}
      onClick={() => page.openThread(entry.seq)}
    >
      {[...authors.values()].slice(0, maxFaces).map(author => (
        <Avatar key={author.id} author={author} />
      ))}
      {entry.replies.length === 0 ? '' : t('thread.count', { count: entry.replies.length })}
      {fresh === 0 ? '' : t('thread.new', { count: fresh })}
      {last === undefined ? null : <span className="soft">{clockTime(last.at)}</span>}
      {writing === '' ? null : <span className="soft">{t('thread.writing', { name: writing })}</span>}
    </button>
  )
}

/** Returns the name of an agent that writes in the thread; empty if none does. */
function useWriting(entry: Entry, channel: Channel): string {
  const turns = useTurns(channel)
  const agents = useAgents(channel)
  const turn = turns.find(({ in_reply_to }) => channel.entry(in_reply_to)?.root === entry.seq)
  return turn === undefined ? '' : (agents.find(({ id }) => id === turn.agent_id)?.name ?? turn.agent_id)
}
