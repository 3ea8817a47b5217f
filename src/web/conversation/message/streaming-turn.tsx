import { useEffect, useState } from 'react'
import type { Channel, Turn } from '../../../client/client.ts'
import { useChannel } from '../../../client/react.ts'
import { StopIcon } from '../../lib/icons.tsx'
import { list } from '../../words/format.ts'
import { problemText } from '../../words/problem-text.ts'
import { t } from '../../words/words.ts'
import { useTools } from './turn-tools.ts'

type Props = { turn: Turn; name: string; channel: Channel }

/** The state of a turn from the moment it waits, the tools it has used, and a button that stops it. */
export function StreamingTurn({ turn, name, channel }: Props) {
  const seconds = useSeconds(turn.state)
  const place = useChannel(channel, ({ turns }) => placeInLine(turn, turns))
  const tools = useTools(turn)
  return (
    <p className="streaming-turn">
      {turn.text === '' ? <span className="caret" aria-hidden="true" /> : null}
      <span>
        {[turnText(turn, place), seconds >= shownAfter ? t('turn.seconds', { count: seconds }) : '']
          .filter(part => part !== '')
          .join(' · ')}
      </span>
      {tools.length === 0 ? null : <span className="tools">{t('message.used', { tools: list(tools) })}</span>}
      <StopButton turn={turn} name={name} channel={channel} />
    </p>
  )
}

const shownAfter = 3 // seconds

/** Stops the turn; for those whom the server would refuse, it says who can. */
function StopButton({ turn, name, channel }: Props) {
  const self = useChannel(channel, state => state.self)
  const [problem, setProblem] = useState<string | null>(null)
  const asker = channel.entry(turn.in_reply_to)?.author ?? null
  const isModerator = self?.role === 'moderator' || self?.role === 'owner'
  const mayStop = isModerator || asker === null || asker.id === self?.id
  const stop = (): void => void channel.stopTurn(turn.turn).catch(error => setProblem(problemText(error)))
  return (
    <>
      <button
        type="button"
        onClick={stop}
        disabled={!mayStop}
        aria-label={t('turn.stopName', { name })}
        title={mayStop ? t('turn.stop') : t('turn.mayStop', { name: asker.name })}
      >
        <StopIcon /> {t('turn.stop')}
      </button>
      {problem === null ? null : (
        <span className="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}

/** Returns how many turns of the same agent are before a queued one, counted from 1; 0 if it does not wait. */
function placeInLine(turn: Turn, turns: readonly Turn[]): number {
  if (turn.state !== 'queued' || turn.attempt > 0) return 0
  const line = turns.filter(({ agent_id, state }) => agent_id === turn.agent_id && state === 'queued')
  return line.findIndex(other => other.turn === turn.turn) + 1
}

/** What a turn is doing, in a few words; empty while its text grows. */
export function turnText(
  { state, tool, text, attempt }: Pick<Turn, 'state' | 'tool' | 'text' | 'attempt'>,
  place = 0,
): string {
  if (state === 'queued') {
    if (attempt > 0) return t('turn.again') // after a failed attempt, or a decision that it waited for
    return place > 1 ? t('turn.inLine', { place }) : t('turn.queued')
  }
  const using = tool == null ? t('turn.usingTool') : t('turn.using', { tool })
  const activity = state === 'tool' ? using : text === '' ? t('turn.thinking') : ''
  return list([activity, attempt > 1 ? t('turn.attempt', { count: attempt }) : ''].filter(part => part !== ''))
}

/** Returns for how many seconds `state` has been the same, while this is shown. */
function useSeconds(state: string): number {
  const [since, setSince] = useState(() => ({ state, at: Date.now(), seconds: 0 }))
  useEffect(() => {
    setSince({ state, at: Date.now(), seconds: 0 })
    const timer = setInterval(
      () => setSince(before => ({ ...before, seconds: Math.floor((Date.now() - before.at) / 1_000) })),
      1_000,
    )
    return () => clearInterval(timer)
  }, [state])
  return since.seconds
}
