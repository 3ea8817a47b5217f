import type { Channel, PendingMessage } from '../../../client/client.ts'
import { useChannel } from '../../../client/react.ts'
import { namesOf } from '../../../protocol/file-names.ts'
import { Attachments } from '../../files/attachments.tsx'
import type { PageState } from '../../layout/page-state.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { sentence } from '../../lib/sentence.ts'
import { Avatar } from '../../people/avatar.tsx'
import { DistinctName, useDistinctText, useKnownNames } from '../../people/distinct-name.tsx'
import { useMentionTools } from '../../text/use-mention-tools.ts'
import { ImportedMark } from '../imported-mark.tsx'
import type { MessageRow } from '../rows.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageEditor } from './message-editor.tsx'
import { MessageText } from './message-text.tsx'
import { Prompt } from './prompt.tsx'
import { Reactions } from './reactions.tsx'
import { Replies } from './replies.tsx'
import { StreamingTurn } from './streaming-turn.tsx'
import { toolsOf } from './turn-tools.ts'

type Props = { row: MessageRow; channel: Channel; page: PageState; isInThread: boolean }

/** A message: stored, pending, or a reply that is being streamed. */
export function Message({ row, channel, page, isInThread }: Props) {
  const { author, at, continued, entry, pending } = row
  const nameOf = useDistinctText()
  const isForReader = useIsForReader(row, channel)
  const isEditing = entry !== null && page.editing === entry.seq
  return (
    <article
      className="message"
      tabIndex={-1}
      aria-label={`${nameOf(author)}, ${clockTime(at)}`}
      data-continued={continued || undefined}
      data-pending={pending?.state}
      data-writing={(row.turn !== null && row.content !== '') || undefined}
      data-for-reader={isForReader || undefined}
      data-target={(entry !== null && page.target === entry.seq) || undefined}
    >
      {continued ? <Time row={row} className="time-beside" /> : <Header row={row} />}
      <div className="body">
        <Body row={row} channel={channel} page={page} isInThread={isInThread} />
      </div>
      {entry === null || entry.deleted || isEditing ? null : (
        <MessageActions entry={entry} channel={channel} page={page} isInThread={isInThread} />
      )}
    </article>
  )
}

function Body({ row, channel, page, isInThread }: Props) {
  const { author, entry, pending, turn } = row
  return (
    <>
      {row.prompt === null ? null : <Prompt seq={row.prompt} channel={channel} page={page} />}
      <Content row={row} channel={channel} page={page} isInThread={isInThread} />
      {turn === null ? null : <StreamingTurn turn={turn} name={author.name} channel={channel} />}
      <Status row={row} channel={channel} />
      {entry === null ? null : <Reactions entry={entry} channel={channel} />}
      {entry === null || isInThread ? null : <Replies entry={entry} channel={channel} page={page} />}
      {pending?.state === 'failed' ? <SendFailure pending={pending} channel={channel} page={page} /> : null}
    </>
  )
}

function Content({ row, channel, page }: Props) {
  const { content, entry } = row
  if (entry !== null && page.editing === entry.seq) {
    return (
      <MessageEditor
        text={content}
        onSave={text => channel.edit(entry.seq, text)}
        onDelete={() => channel.delete(entry.seq)}
        onClose={() => page.edit(null)}
      />
    )
  }
  if (entry?.deleted) return <p className="soft">This message was deleted.</p>
  const files = entry?.event.type === 'message' ? entry.event.data.attachments : undefined
  const isNamesOnly = files !== undefined && content === namesOf(files)
  return (
    <>
      {content === '' || isNamesOnly ? null : <MessageText row={row} />}
      {files === undefined ? null : <Attachments files={files} channel={channel} />}
    </>
  )
}

/** Does the message name the reader, and come from somebody else? */
function useIsForReader({ author, content }: MessageRow, channel: Channel): boolean {
  const self = useChannel(channel, state => state.self)
  const names = useKnownNames()
  const tools = useMentionTools(content)
  if (self === null || author.id === self.id || tools === null) return false
  return tools.isMentioned(
    content,
    self.name,
    names.filter(name => name !== self.name),
  )
}

function Header({ row }: { row: MessageRow }) {
  const { author } = row
  return (
    <header>
      <Avatar author={author} />
      <DistinctName author={author} />
      {author.kind === 'agent' ? <span className="badge">agent</span> : null}
      {row.entry === null ? null : <ImportedMark event={row.entry.event} />}
      <Time row={row} />
    </header>
  )
}

/** The time: in the header, or beside a message that continues those above, while the pointer is on it. */
function Time({ row, className }: { row: MessageRow; className?: string }) {
  return (
    <time className={className} dateTime={new Date(row.at).toISOString()} title={timeTitle(row)}>
      {clockTime(row.at)}
    </time>
  )
}

/** Short notes below a message: edited, stopped, cut off, not sent yet, what a reply took. */
function Status({ row: { key, entry, pending }, channel }: Pick<Props, 'row' | 'channel'>) {
  const isLive = useChannel(channel, state => state.connection.downSince === null)
  const reply = entry?.event.type === 'agent_message' ? entry.event.data : null
  const tools = reply === null ? [] : toolsOf(key)
  const notes = [
    entry?.edited && !entry.deleted ? 'edited' : null,
    reply?.stopped ? 'stopped' : null,
    reply?.truncated ? 'cut off because it was too long' : null,
    pending?.state === 'waiting' ? (isLive ? 'sending slowly' : 'not sent yet') : null,
    tools.length > 0 ? `used ${tools.join(', ')}` : null,
    reply?.usage === undefined ? null : tokenText(reply.usage),
  ].filter(note => note !== null)
  return notes.length === 0 ? null : <p className="message-status">{notes.join(' · ')}</p>
}

const tokenText = ({ input_tokens, output_tokens }: { input_tokens: number; output_tokens: number }): string =>
  `${(input_tokens + output_tokens).toLocaleString()} tokens`

type FailureProps = { pending: PendingMessage; channel: Channel; page: PageState }

function SendFailure({ pending, channel, page }: FailureProps) {
  const edit = (): void => {
    page.write(pending.data.content, pending.data.reply_to ?? null)
    channel.discard(pending.id)
  }
  return (
    <p className="problem" role="alert">
      Not sent. {sentence(pending.problem?.message ?? '')}{' '}
      <button type="button" onClick={() => channel.retry(pending.id)}>
        Try again
      </button>{' '}
      <button type="button" onClick={edit}>
        Edit
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
