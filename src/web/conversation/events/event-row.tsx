import { Fragment } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { useAgents, useChannel } from '../../../client/react.ts'
import { unknownSummary } from '../../../protocol/events/event-summaries.ts'
import type { PageState } from '../../layout/page-state.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { sentence } from '../../lib/sentence.ts'
import { NavLink } from '../../nav/nav-link.tsx'
import { channelPath, parseDestination } from '../../nav/route.ts'
import { authorOf } from '../../people/author-of.ts'
import { Avatar } from '../../people/avatar.tsx'
import { useDistinctText } from '../../people/distinct-name.tsx'
import { summaries } from '../../tables.ts'
import { ImportedMark } from '../imported-mark.tsx'
import { Approval } from './approval.tsx'

/** An event that is not a message: one line of small text, or a request for approval. */
export function EventRow({ entry, channel, page }: { entry: Entry; channel: Channel; page: PageState }) {
  const { event, at } = entry
  if (event.type === 'approval_requested') return <Approval entry={entry} request={event.data} channel={channel} />
  if (event.type === 'turn_failed') return <FailedTurn event={event} channel={channel} />
  return (
    <>
      <p className="event" title={exactTime(at)}>
        {event.type === 'agent_activity' ? (
          <Activity event={event} />
        ) : event.type === 'document_edited' ? (
          <Edited event={event} page={page} />
        ) : (
          summaryOf(event)
        )}
        {event.type.startsWith('file_') && 'by' in event.data && typeof event.data.by === 'string'
          ? ` by ${event.data.by.replace(/^guest:/, '')}`
          : ''}{' '}
        · <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time> <ImportedMark event={event} />
      </p>
      {'diff' in event.data && typeof event.data.diff === 'string' ? <Diff text={event.data.diff} /> : null}
    </>
  )
}

const summaryOf = (event: Entry['event']): string => summaries.get(event.type)?.(event) ?? unknownSummary(event)

/** What an agent did, with a link to the channel in which it did it. */
function Activity({ event }: { event: FrameOf<'agent_activity'> }) {
  const { channel } = event.data
  const text = summaryOf(event)
  const at = text.indexOf(channel)
  const to = parseDestination(channel.replace(/^circle:/, ''))
  if (to === null || at < 0) return text
  return (
    <>
      {text.slice(0, at)}
      <NavLink href={channelPath(to.kind, to.name)}>{channel}</NavLink>
      {text.slice(at + channel.length)}
    </>
  )
}

/** Who edited which documents. The notes of the circle can be opened here. */
function Edited({ event, page }: { event: FrameOf<'document_edited'>; page: PageState }) {
  const nameOf = useDistinctText()
  return event.data.documents.map(({ name, by }, index) => (
    <Fragment key={name}>
      {index === 0 ? '' : '; '}
      {by.map(one => nameOf(authorOf(one))).join(', ')} edited{' '}
      {name === 'notes' ? (
        <button type="button" className="link" onClick={() => page.show({ kind: 'notes' })}>
          {name}
        </button>
      ) : (
        name
      )}
    </Fragment>
  ))
}

/** The change to a file, folded until somebody wants to see it. */
function Diff({ text }: { text: string }) {
  return (
    <details className="diff">
      <summary>Show the change</summary>
      <pre className="code">
        {text.split('\n').map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of a diff has no identity but its place
          <span key={index} data-change={line[0] === '+' ? 'added' : line[0] === '-' ? 'removed' : undefined}>
            {`${line}\n`}
          </span>
        ))}
      </pre>
    </details>
  )
}

/** A turn that failed, in the place of its reply. Whoever asked can ask again. */
function FailedTurn({ event, channel }: { event: FrameOf<'turn_failed'>; channel: Channel }) {
  const { data } = event
  const name = useAgents(channel).find(({ id }) => id === data.agent_id)?.name ?? data.agent_id
  const self = useChannel(channel, state => state.self)
  const prompt = channel.entry(data.in_reply_to)
  const mayAsk = prompt !== null && prompt.content !== '' && prompt.author?.id === self?.id
  const askAgain = (): void => void channel.send(prompt?.content ?? '', { to: data.agent_id }).catch(() => {})
  return (
    <section className="message failed-turn" aria-label={`${name} did not answer`}>
      <header>
        <Avatar author={{ id: data.agent_id, name, kind: 'agent' }} />
        <bdi className="name">{name}</bdi>
        <span className="badge">agent</span>
        <ImportedMark event={event} />
      </header>
      <div className="card" data-tone="bad">
        <p>
          @{data.agent_id} did not answer. {sentence(data.message)}
        </p>
        {mayAsk ? (
          <button type="button" className="outline" onClick={askAgain}>
            Ask again
          </button>
        ) : null}
      </div>
    </section>
  )
}
