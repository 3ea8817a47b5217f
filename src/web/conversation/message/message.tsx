import type { Channel, Entry } from '../../../client/client.ts'
import { useChannel, useTurns } from '../../../client/react.ts'
import { namesOf } from '../../../protocol/file-names.ts'
import { Attachments } from '../../files/attachments.tsx'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { Loaded } from '../../lib/loaded.tsx'
import { Avatar } from '../../people/avatar.tsx'
import { DistinctName, useDistinctText, useKnownNames } from '../../people/distinct-name.tsx'
import { useMentionTools } from '../../text/use-mention-tools.ts'
import type { ChatActions } from '../../ui/chat-state.ts'
import { useHost } from '../../ui/host.ts'
import { list } from '../../words/format.ts'
import { part } from '../../words/part.ts'
import { t } from '../../words/words.ts'
import { ImportedMark } from '../imported-mark.tsx'
import { loadOnDemand } from '../load-on-demand.ts'
import type { MessageRow } from '../rows.ts'
import { MessageActions } from './message-actions.tsx'
import { MessageText } from './message-text.tsx'
import { toolsOf } from './turn-tools.ts'

const Prompt = part(loadOnDemand, 'Prompt')
const StreamingTurn = part(loadOnDemand, 'StreamingTurn')
const Reactions = part(loadOnDemand, 'Reactions')
const SendFailure = part(loadOnDemand, 'SendFailure')
const Replies = part(loadOnDemand, 'Replies')
const MessageEditor = part(loadOnDemand, 'MessageEditor')

type Props = { row: MessageRow; channel: Channel; page: ChatActions; isInThread: boolean }

/** What of the chat's state is about one message. */
export type MessageState = { isEditing?: boolean; isTarget?: boolean }

/** Stands in place of a button until it is loaded: so high, also under a finger, that nothing moves then. */
const placeholder = (className?: string) => (
  <button type="button" className={className} disabled>
    …
  </button>
)

/** A message: stored, pending, or a reply that is being streamed. */
export function Message({ isEditing = false, isTarget = false, ...props }: Props & MessageState) {
  const { row, channel, page, isInThread } = props
  const { author, at, continued, entry, pending } = row
  const nameOf = useDistinctText()
  const isForReader = useIsForReader(row, channel)
  return (
    <article
      className="message"
      tabIndex={-1}
      aria-label={t('message.label', { name: nameOf(author), time: clockTime(at) })}
      data-continued={continued || undefined}
      data-pending={pending?.state}
      data-writing={(row.turn !== null && row.content !== '') || undefined}
      data-for-reader={isForReader || undefined}
      data-target={isTarget || undefined}
    >
      {continued ? <Time row={row} className="time-beside" /> : <Header row={row} channel={channel} />}
      <div className="body">
        <Body {...props} isEditing={isEditing} />
      </div>
      {entry === null || entry.deleted || isEditing ? null : (
        <MessageActions entry={entry} channel={channel} page={page} isInThread={isInThread} />
      )}
    </article>
  )
}

type BodyProps = Props & { isEditing: boolean }

function Body({ row, channel, page, isInThread, isEditing }: BodyProps) {
  const { author, entry, pending, turn } = row
  return (
    <>
      {row.prompt === null ? null : <PromptLine seq={row.prompt} channel={channel} page={page} />}
      <Content row={row} channel={channel} page={page} isEditing={isEditing} />
      {turn === null ? null : (
        <Loaded fallback={<p className="streaming-turn">{placeholder()}</p>}>
          <StreamingTurn turn={turn} name={author.name} channel={channel} />
        </Loaded>
      )}
      <Status row={row} channel={channel} />
      {entry === null || entry.reactions.length === 0 ? null : (
        <Loaded fallback={<p className="reactions">{placeholder()}</p>}>
          <Reactions entry={entry} channel={channel} />
        </Loaded>
      )}
      {entry === null || isInThread ? null : <ThreadLink entry={entry} channel={channel} page={page} />}
      {pending?.state === 'failed' ? (
        <Loaded>
          <SendFailure pending={pending} channel={channel} page={page} />
        </Loaded>
      ) : null}
    </>
  )
}

function Content({ row, channel, page, isEditing }: Omit<BodyProps, 'isInThread'>) {
  const { content, entry } = row
  if (entry !== null && isEditing) {
    return (
      <Loaded>
        <MessageEditor
          text={content}
          onSave={text => channel.edit(entry.seq, text)}
          onDelete={() => channel.delete(entry.seq)}
          onClose={() => page.edit(null)}
        />
      </Loaded>
    )
  }
  if (entry?.deleted) return <p className="soft">{t('message.deleted')}</p>
  const files = entry?.event.type === 'message' ? entry.event.data.attachments : undefined
  const isNamesOnly = files !== undefined && content === namesOf(files)
  return (
    <>
      {content === '' || isNamesOnly ? null : <MessageText row={row} />}
      {files === undefined ? null : <Attachments files={files} channel={channel} />}
    </>
  )
}

/** The message that an agent replies to; nothing if it is not loaded. */
function PromptLine({ seq, channel, page }: { seq: number; channel: Channel; page: ChatActions }) {
  const entry = useChannel(channel, () => channel.entry(seq))
  if (entry === null || entry.author === null || entry.deleted) return null
  return (
    <Loaded fallback={placeholder('prompt')}>
      <Prompt entry={entry} author={entry.author} page={page} />
    </Loaded>
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

function Header({ row, channel }: Pick<Props, 'row' | 'channel'>) {
  const { author } = row
  const { Author } = useHost()
  return (
    <header>
      <Author author={author} channel={channel} tabIndex={-1}>
        <Avatar author={author} />
        <DistinctName author={author} />
      </Author>
      {author.kind === 'agent' ? <span className="badge">{t('message.agent')}</span> : null}
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
    entry?.edited && !entry.deleted ? t('message.edited') : null,
    reply?.stopped ? t('message.stopped') : null,
    reply?.truncated ? t('message.truncated') : null,
    pending?.state === 'waiting' ? (isLive ? t('message.slow') : t('message.waiting')) : null,
    tools.length > 0 ? t('message.used', { tools: list(tools) }) : null,
    reply?.usage === undefined ? null : tokenText(reply.usage),
  ].filter(note => note !== null)
  return notes.length === 0 ? null : <p className="message-status">{notes.join(' · ')}</p>
}

const tokenText = ({ input_tokens, output_tokens }: { input_tokens: number; output_tokens: number }): string =>
  t('message.tokens', { count: input_tokens + output_tokens })

function timeTitle({ at, entry }: MessageRow): string {
  const usage = entry?.event.type === 'agent_message' ? entry.event.data.usage : undefined
  const time = exactTime(at)
  if (usage === undefined) return time
  return t('message.tokensOf', { time, input: usage.input_tokens, output: usage.output_tokens })
}

/** The way to the thread of a message, where there is one: replies, or an agent that writes the first. */
function ThreadLink(props: { entry: Entry; channel: Channel; page: ChatActions }) {
  const { entry, channel } = props
  const turns = useTurns(channel)
  const hasThread =
    entry.replies.length > 0 || turns.some(({ in_reply_to }) => channel.entry(in_reply_to)?.root === entry.seq)
  return hasThread ? (
    <Loaded fallback={placeholder('replies')}>
      <Replies {...props} />
    </Loaded>
  ) : null
}
