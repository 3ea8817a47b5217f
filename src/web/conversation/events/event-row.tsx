import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { summaries } from '../../tables.ts'
import { ImportedMark } from '../imported-mark.tsx'
import { Approval } from './approval.tsx'

/** An event that is not a message: one line of small text, or a request for approval. */
export function EventRow({ entry, channel }: { entry: Entry; channel: Channel }) {
  const { event, at } = entry
  if (event.type === 'approval_requested') return <Approval entry={entry} request={event.data} channel={channel} />
  if (event.type === 'turn_failed') return <FailedTurn event={event} channel={channel} />
  return (
    <p className="event" title={exactTime(at)}>
      {summaries.get(event.type)?.(event) ?? event.type} ·{' '}
      <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time> <ImportedMark event={event} />
    </p>
  )
}

function FailedTurn({ event, channel }: { event: FrameOf<'turn_failed'>; channel: Channel }) {
  const { data } = event
  const prompt = channel.entry(data.in_reply_to)
  const askAgain = (): void => void channel.send(prompt?.content ?? '', { to: data.agent_id }).catch(() => {})
  return (
    <p className="event" data-tone="bad">
      @{data.agent_id} did not answer. {data.message}{' '}
      {prompt !== null && prompt.content !== '' ? (
        <button type="button" onClick={askAgain}>
          Ask again
        </button>
      ) : null}{' '}
      <ImportedMark event={event} />
    </p>
  )
}
