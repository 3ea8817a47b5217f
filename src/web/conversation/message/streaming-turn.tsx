import type { Channel, Turn } from '../../../client/client.ts'
import { StopIcon } from '../../lib/icons.tsx'

/** The state of a running turn, and a button that stops it. */
export function StreamingTurn({ turn, name, channel }: { turn: Turn; name: string; channel: Channel }) {
  const stop = (): void => void channel.stopTurn(turn.turn).catch(() => {}) // the turn has just ended by itself
  return (
    <p className="streaming-turn">
      <span className="caret" aria-hidden="true" />
      <span>{stateText(turn)}</span>
      <button type="button" onClick={stop} aria-label={`Stop ${name}`}>
        <StopIcon /> Stop
      </button>
    </p>
  )
}

function stateText({ state, tool, text, attempt }: Turn): string {
  const activity = state === 'tool' ? `using ${tool ?? 'a tool'}` : text === '' ? 'thinking' : ''
  return [activity, attempt > 1 ? `attempt ${attempt}` : ''].filter(part => part !== '').join(', ')
}
