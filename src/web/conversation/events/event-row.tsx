import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { Approval } from './approval.tsx'
import { eventText } from './event-text.ts'

/** Something that happened, in one quiet line. */
export function EventRow({ entry, channel }: { entry: Entry; channel: Channel }) {
  const { event, at } = entry
  if (event.type === 'approval_requested') return <Approval entry={entry} request={event.data} channel={channel} />
  if (event.type === 'turn_failed') return <Failed failure={event} channel={channel} />
  return (
    <p className="aside" title={exactTime(at)}>
      {eventText(event)} · <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time>
    </p>
  )
}

function Failed({ failure: { data }, channel }: { failure: FrameOf<'turn_failed'>; channel: Channel }) {
  const asked = channel.entry(data.in_reply_to)
  const again = (): void => void channel.say(asked?.content ?? '', { to: data.agent_id }).catch(() => {})
  return (
    <p className="aside" data-tone="bad">
      @{data.agent_id} did not answer. {data.message}{' '}
      {asked !== null && asked.content !== '' ? (
        <button type="button" onClick={again}>
          Ask again
        </button>
      ) : null}
    </p>
  )
}
