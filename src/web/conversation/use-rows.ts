import { useMemo } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useAgents, useChannel, useMessages, useTurns } from '../../client/react.ts'
import { t } from '../words/words.ts'
import { entryRows, pendingRows, type Row } from './rows.ts'

type Options = { thread?: number | null; firstUnread?: number | null }

/** Returns the rows of a channel's conversation, or of the thread whose root has this seq. */
export function useRows(channel: Channel, { thread = null, firstUnread = null }: Options): Row[] {
  const { entries, pending, history } = useMessages(channel, { thread })
  const { older, trimmed } = history
  const me = useChannel(channel, state => state.self)
  const turns = useTurns(channel)
  const agents = useAgents(channel)

  const logged = useMemo(() => {
    if (thread !== null) return entryRows({ entries, firstUnread: null, older: 'unknown', trimmed: false })
    return entryRows({ entries: entries.filter(({ root }) => root === null), firstUnread, older, trimmed })
  }, [entries, firstUnread, older, trimmed, thread])

  return useMemo(() => {
    const author: Author = { id: me?.id ?? '', name: me?.name ?? t('message.you'), kind: 'person' }
    const agentName = (id: string): string => agents.find(agent => agent.id === id)?.name ?? id
    const messages = pending.filter(({ data }) => (data.reply_to ?? null) === thread)
    const streaming = turns.filter(turn => (channel.entry(turn.in_reply_to)?.root ?? null) === thread)
    const options = { me: author, agentName, now: Date.now() }
    return [...logged, ...pendingRows(logged.at(-1), streaming, messages, options)]
  }, [logged, turns, pending, agents, me, channel, thread])
}
