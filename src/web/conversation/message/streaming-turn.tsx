import type { Channel, Turn } from '../../../client/client.ts'
import { StopIcon } from '../../lib/icons.tsx'

/** What an agent is doing just now, and the way to stop it. */
export function StreamingTurn({ turn, name, channel }: { turn: Turn; name: string; channel: Channel }) {
  const stop = (): void => void channel.stop(turn.turn).catch(() => {}) // it had just ended by itself
  return (
    <p className="live">
      <span className="caret" aria-hidden="true" />
      <span>{doing(turn)}</span>
      <button type="button" onClick={stop} aria-label={`Stop ${name}`}>
        <StopIcon /> Stop
      </button>
    </p>
  )
}

function doing({ state, tool, text, attempt }: Turn): string {
  const again = attempt > 1 ? `, attempt ${attempt}` : ''
  if (state === 'tool') return `uses ${tool ?? 'a tool'}${again}`
  return text === '' ? `thinks${again}` : again.replace(', ', '')
}
