import { useEffect, useMemo, useRef, useState } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useAgents, useChannel, useMessages, useTurns } from '../../client/react.ts'
import { pendingRows, type Row, rowsOf } from './rows.ts'

/** The rows of a channel's conversation, or of one of its threads. */
export function useRows(channel: Channel, thread: number | null): Row[] {
  const { entries, pending, history } = useMessages(channel, { thread })
  const { older, trimmed } = history
  const me = useChannel(channel, state => state.self)
  const turns = useTurns(channel)
  const agents = useAgents(channel)
  const newFrom = useNewFrom(channel)

  const logged = useMemo(() => {
    if (thread !== null) return rowsOf({ entries, newFrom: null, older: 'unknown', trimmed: false })
    return rowsOf({ entries: entries.filter(({ root }) => root === null), newFrom, older, trimmed })
  }, [entries, newFrom, older, trimmed, thread])

  return useMemo(() => {
    const author: Author = { id: me?.id ?? '', name: me?.name ?? 'You', kind: 'person' }
    const agentName = (id: string): string => agents.find(agent => agent.id === id)?.name ?? id
    const own = pending.filter(({ data }) => (data.reply_to ?? null) === thread)
    const here = turns.filter(turn => (channel.entry(turn.in_reply_to)?.root ?? null) === thread)
    return [...logged, ...pendingRows(logged.at(-1), here, own, { me: author, agentName, now: Date.now() })]
  }, [logged, turns, pending, agents, me, channel, thread])
}

/** The first line that was new when the reader came, or came back; it stays marked until they say that they have read. */
function useNewFrom(channel: Channel): number | null {
  const first = useChannel(channel, state => state.unread.first)
  const isLoaded = useChannel(channel, ({ history }) => history.older === 'some' || history.older === 'none')
  const hasCome = useRef(false)
  const [marked, setMarked] = useState<number | null>(null)
  useEffect(() => {
    if (!isLoaded) return
    if (first !== null && (!hasCome.current || !document.hasFocus())) setMarked(known => known ?? first)
    hasCome.current = true
  }, [first, isLoaded])
  useEffect(() => {
    const clear = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setMarked(null)
    }
    addEventListener('keydown', clear)
    return () => removeEventListener('keydown', clear)
  }, [])
  return marked
}
