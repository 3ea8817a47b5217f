import { type ReactNode, useMemo } from 'react'
import type { Entry, Turn } from '../../client/client.ts'
import { useAgents } from '../../client/react.ts'
import { useChat } from '../ui/chat.tsx'
import { RowContent } from './row.tsx'
import { pendingRows, type Row, singleRow } from './rows.ts'

/** What a card shows: a turn in progress, or the entry that it became (its reply, or its failure). */
export type TurnCardProps = { turn: Turn } | { entry: Entry }

/** An agent's turn by itself: the question, its state and its text as it grows, a button that stops it, and what it took. */
export function TurnCard(props: TurnCardProps): ReactNode {
  const { channel, state } = useChat()
  const agents = useAgents(channel)
  const shown = 'turn' in props ? props.turn : props.entry
  const row = useMemo(() => ('turn' in shown ? turnRow(shown, agents) : singleRow(shown)), [shown, agents])
  return row === undefined ? null : <RowContent row={row} channel={channel} page={state} />
}

function turnRow(turn: Turn, agents: readonly { id: string; name: string }[]): Row | undefined {
  const agentName = (id: string): string => agents.find(agent => agent.id === id)?.name ?? id
  const me = { id: '', name: '', kind: 'person' } as const // nothing of theirs is in it
  return pendingRows(undefined, [turn], [], { me, agentName, now: Date.now() })[0]
}
