import type { Channel } from '../../../client/client.ts'
import type { PageState } from '../../layout/page-state.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { Avatar } from '../../people/avatar.tsx'
import { DistinctName } from '../../people/distinct-name.tsx'
import { MessageBody } from '../../text/message-body.tsx'
import type { MessageRow } from '../rows.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageEditor } from './message-editor.tsx'
import { Reactions } from './reactions.tsx'
import { StreamingTurn } from './streaming-turn.tsx'

type Props = { row: MessageRow; channel: Channel; view: PageState; inThread: boolean }

/** What somebody said: logged, on its way, or just being said. */
export function Message({ row, channel, view, inThread }: Props) {
  const { author, at, continued, content, entry, draft, turn } = row
  const isEditing = entry !== null && view.editing === entry.seq
  return (
    <article
      className="line"
      aria-label={`${author.name}, ${clockTime(at)}`}
      data-continued={continued || undefined}
      data-draft={draft?.state}
      data-target={(entry !== null && view.goal === entry.seq) || undefined}
    >
      {continued ? null : (
        <header>
          <Avatar author={author} />
          <DistinctName author={author} />
          {author.kind === 'agent' ? <span className="kind">agent</span> : null}
          <time dateTime={new Date(at).toISOString()} title={titleOf(row)}>
            {clockTime(at)}
          </time>
        </header>
      )}
      <div className="body">
        {isEditing ? (
          <MessageEditor
            text={content}
            onSave={text => channel.edit(entry.seq, text)}
            onClose={() => view.edit(null)}
          />
        ) : entry?.deleted ? (
          <p className="soft">This line was deleted.</p>
        ) : content === '' ? null : (
          <MessageBody text={content} isLive={turn !== null} />
        )}
        {turn === null ? null : <StreamingTurn turn={turn} name={author.name} channel={channel} />}
        <Marks row={row} />
        {entry === null ? null : <Reactions entry={entry} channel={channel} />}
        {entry === null || inThread || entry.replies.length === 0 ? null : (
          <button type="button" className="replies" onClick={() => view.openThread(entry.seq)}>
            {entry.replies.length === 1 ? '1 reply' : `${entry.replies.length} replies`}
          </button>
        )}
        {draft?.state === 'failed' ? (
          <p className="problem" role="alert">
            Not sent. {draft.problem?.message}{' '}
            <button type="button" onClick={() => channel.retry(draft.id)}>
              Try again
            </button>{' '}
            <button type="button" onClick={() => channel.discard(draft.id)}>
              Discard
            </button>
          </p>
        ) : null}
      </div>
      {entry === null || entry.deleted || isEditing ? null : (
        <MessageActions entry={entry} channel={channel} view={view} inThread={inThread} />
      )}
    </article>
  )
}

/** Small words after a line: what became of it. */
function Marks({ row: { entry, draft } }: { row: MessageRow }) {
  const answer = entry?.event.type === 'agent_message' ? entry.event.data : null
  const marks = [
    entry?.edited && !entry.deleted ? 'edited' : null,
    answer?.stopped ? 'stopped' : null,
    answer?.truncated ? 'cut off: it was too long' : null,
    draft?.state === 'waiting' ? 'not sent yet' : null,
  ].filter(mark => mark !== null)
  return marks.length === 0 ? null : <p className="marks">{marks.join(' · ')}</p>
}

function titleOf({ at, entry }: MessageRow): string {
  const usage = entry?.event.type === 'agent_message' ? entry.event.data.usage : undefined
  const tokens = usage === undefined ? '' : `, ${usage.input_tokens} tokens read, ${usage.output_tokens} written`
  return `${exactTime(at)}${tokens}`
}
