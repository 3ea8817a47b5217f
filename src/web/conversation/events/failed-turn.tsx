import type { Channel } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useAgents, useChannel } from '../../../client/react.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { sentence } from '../../lib/sentence.ts'
import { Avatar } from '../../people/avatar.tsx'
import { t } from '../../words/words.ts'
import { ImportedMark } from '../imported-mark.tsx'

/** A turn that failed, in the place of its reply. Whoever asked can ask again. */
export function FailedTurn({ event, channel }: { event: FrameOf<'turn_failed'>; channel: Channel }) {
  const { data } = event
  const at = Date.parse(event.timestamp)
  const name = useAgents(channel).find(({ id }) => id === data.agent_id)?.name ?? data.agent_id
  const self = useChannel(channel, state => state.self)
  const prompt = channel.entry(data.in_reply_to)
  const mayAsk = prompt !== null && prompt.content !== '' && prompt.author?.id === self?.id
  const askAgain = (): void => void channel.send(prompt?.content ?? '', { to: data.agent_id }).catch(() => {})
  return (
    <article className="message failed-turn" aria-label={t('failure.label', { name })}>
      <header>
        <Avatar author={{ id: data.agent_id, name, kind: 'agent' }} />
        <bdi className="name">{name}</bdi>
        <span className="badge">{t('message.agent')}</span>
        <ImportedMark event={event} />
        <time dateTime={event.timestamp} title={exactTime(at)}>
          {clockTime(at)}
        </time>
      </header>
      <div className="card" data-tone="bad">
        <p>{t('failure.text', { agent: data.agent_id, reason: sentence(data.message) })}</p>
        {mayAsk ? (
          <button type="button" className="outline" onClick={askAgain}>
            {t('failure.askAgain')}
          </button>
        ) : null}
      </div>
    </article>
  )
}
