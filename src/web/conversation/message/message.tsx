import type { Channel, PendingMessage } from '../../../client/client.ts'
import type { PageState } from '../../layout/page-state.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { Avatar } from '../../people/avatar.tsx'
import { DistinctName, useDistinctText } from '../../people/distinct-name.tsx'
import { MessageBody } from '../../text/message-body.tsx'
import { ImportedMark } from '../imported-mark.tsx'
import type { MessageRow } from '../rows.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageEditor } from './message-editor.tsx'
import { Reactions } from './reactions.tsx'
import { StreamingTurn } from './streaming-turn.tsx'

type Props = { row: MessageRow; channel: Channel; page: PageState; isInThread: boolean }

/** A message: stored, pending, or a reply that is being streamed. */
export function Message({ row, channel, page, isInThread }: Props) {
  const { author, at, continued, content, entry, pending, turn } = row
  const nameOf = useDistinctText()
  const isEditing = entry !== null && page.editing === entry.seq
  return (
    <article
      className="message"
      aria-label={`${nameOf(author)}, ${clockTime(at)}`}
      data-continued={continued || undefined}
      data-pending={pending?.state}
      data-target={(entry !== null && page.target === entry.seq) || undefined}
    >
      {continued ? null : <Header row={row} />}
      <div className="body">
        {isEditing ? (
          <MessageEditor
            text={content}
            onSave={text => channel.edit(entry.seq, text)}
            onClose={() => page.edit(null)}
          />
        ) : entry?.deleted ? (
          <p className="soft">This message was deleted.</p>
        ) : content === '' ? null : (
          <MessageBody text={content} isStreaming={turn !== null} />
        )}
        {turn === null ? null : <StreamingTurn turn={turn} name={author.name} channel={channel} />}
        <Status row={row} />
        {entry === null ? null : <Reactions entry={entry} channel={channel} />}
        {entry === null || isInThread || entry.replies.length === 0 ? null : (
          <button type="button" className="replies" onClick={() => page.openThread(entry.seq)}>
            {entry.replies.length === 1 ? '1 reply' : `${entry.replies.length} replies`}
          </button>
        )}
        {pending?.state === 'failed' ? <SendFailure pending={pending} channel={channel} /> : null}
      </div>
      {entry === null || entry.deleted || isEditing ? null : (
        <MessageActions entry={entry} channel={channel} page={page} isInThread={isInThread} />
      )}
    </article>
  )
}

function Header({ row }: { row: MessageRow }) {
  const { author, at } = row
  return (
    <header>
      <Avatar author={author} />
      <DistinctName author={author} />
      {author.kind === 'agent' ? <span className="badge">agent</span> : null}
      {row.entry === null ? null : <ImportedMark event={row.entry.event} />}
      <time dateTime={new Date(at).toISOString()} title={timeTitle(row)}>
        {clockTime(at)}
      </time>
    </header>
  )
}

/** Short notes below a message: edited, stopped, cut off, not sent yet. */
function Status({ row: { entry, pending } }: { row: MessageRow }) {
  const reply = entry?.event.type === 'agent_message' ? entry.event.data : null
  const notes = [
    entry?.edited && !entry.deleted ? 'edited' : null,
    reply?.stopped ? 'stopped' : null,
    reply?.truncated ? 'cut off because it was too long' : null,
    pending?.state === 'waiting' ? 'not sent yet' : null,
  ].filter(note => note !== null)
  return notes.length === 0 ? null : <p className="message-status">{notes.join(' · ')}</p>
}

function SendFailure({ pending, channel }: { pending: PendingMessage; channel: Channel }) {
  return (
    <p className="problem" role="alert">
      Not sent. {pending.problem?.message}{' '}
      <button type="button" onClick={() => channel.retry(pending.id)}>
        Try again
      </button>{' '}
      <button type="button" onClick={() => channel.discard(pending.id)}>
        Discard
      </button>
    </p>
  )
}

function timeTitle({ at, entry }: MessageRow): string {
  const usage = entry?.event.type === 'agent_message' ? entry.event.data.usage : undefined
  const tokens = usage === undefined ? '' : `, ${usage.input_tokens} input tokens, ${usage.output_tokens} output tokens`
  return `${exactTime(at)}${tokens}`
}
