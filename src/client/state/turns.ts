import type { LiveTurn } from '../../protocol/frames.ts'
import type { Frame } from '../frames.ts'

/** An agent's turn in progress. `text` is its reply so far; `whole` is false if a delta of it never arrived. */
export type Turn = LiveTurn & { attempt: number; whole: boolean }

/** The turns in progress after a frame; the same array if the frame does not change them. */
export function withTurns(turns: readonly Turn[], frame: Frame): readonly Turn[] {
  switch (frame.type) {
    case 'welcome':
      return frame.data.live.map(turn => ({ ...turn, attempt: 0, whole: true }))
    case 'agent_message':
    case 'turn_failed':
      return without(turns, frame.data.turn)
    case 'agent_status': {
      const { turn, state, tool, attempt, agent_id, in_reply_to } = frame.data
      if (state === 'idle') return without(turns, turn)
      const known = turns.find(other => other.turn === turn)
      // Another attempt starts the text again. A welcome does not say which attempt is running: the present one goes on.
      const goesOn = known !== undefined && (known.attempt === 0 || known.attempt === attempt)
      const { text, index, whole } = goesOn ? known : { text: '', index: 0, whole: true }
      const next: Turn = { turn, agent_id, in_reply_to, state, text, index, attempt, whole, ...(tool ? { tool } : {}) }
      return known === undefined ? [...turns, next] : turns.map(other => (other === known ? next : other))
    }
    case 'agent_delta': {
      const { turn, agent_id, index, text } = frame.data
      const known = turns.find(other => other.turn === turn)
      if (known === undefined) return turns // the turn has ended: this delta is late
      const next = append(known, index, text)
      return next === known ? turns : turns.map(other => (other === known ? { ...next, agent_id } : other))
    }
    default:
      return turns
  }
}

/** Deltas count from 0 in each attempt: 0 starts the text again, the next one is appended, a known one is ignored. */
function append(turn: Turn, index: number, text: string): Turn {
  if (index === 0) return { ...turn, text, index: 1, whole: true }
  if (index < turn.index) return turn
  return { ...turn, text: turn.text + text, index: index + 1, whole: turn.whole && index === turn.index }
}

function without(turns: readonly Turn[], turn: string): readonly Turn[] {
  return turns.some(other => other.turn === turn) ? turns.filter(other => other.turn !== turn) : turns
}
