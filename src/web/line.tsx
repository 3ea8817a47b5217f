import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { Channel } from '../client/client.ts'
import { Avatar } from './avatar.tsx'
import { PlainText } from './plain-text.tsx'
import type { LineRow } from './rows.ts'
import { clockTime, exactTime } from './time.ts'

type Props = { row: LineRow; channel: Channel; isEditing: boolean; onEdit(seq: number | null): void }

/** What somebody said: logged, on its way, or just being said. */
export function Line({ row, channel, isEditing, onEdit }: Props) {
  const { author, at, continued, content, entry, draft, turn } = row
  return (
    <article className="line" data-continued={continued || undefined} data-draft={draft?.state}>
      {continued ? null : (
        <header>
          <Avatar author={author} />
          <span className="name">{author.name}</span>
          {author.kind === 'agent' ? <span className="kind">agent</span> : null}
          <time dateTime={new Date(at).toISOString()} title={exactTime(at)}>
            {clockTime(at)}
          </time>
        </header>
      )}
      <div className="body">
        {isEditing && entry !== null ? (
          <Editor text={content} onSave={text => channel.edit(entry.seq, text)} onClose={() => onEdit(null)} />
        ) : entry?.deleted ? (
          <p className="soft">This line was deleted.</p>
        ) : (
          <PlainText text={content} />
        )}
        {turn !== null ? <Live row={row} channel={channel} /> : null}
        {entry?.edited && !entry.deleted ? <span className="soft">edited</span> : null}
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
    </article>
  )
}

/** What an agent is doing just now, and the way to stop it. */
function Live({ row, channel }: { row: LineRow; channel: Channel }) {
  const { turn } = row
  if (turn === null) return null
  const doing = turn.state === 'tool' ? `uses ${turn.tool ?? 'a tool'}` : turn.text === '' ? 'thinks' : ''
  return (
    <p className="live">
      <span className="caret" aria-hidden="true" /> {doing}{' '}
      <button type="button" onClick={() => channel.stop(turn.turn).catch(() => {})}>
        Stop
      </button>
    </p>
  )
}

function Editor({ text, onSave, onClose }: { text: string; onSave(text: string): Promise<void>; onClose(): void }) {
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(text.length, text.length)
  }, [text.length])
  const key = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Escape') onClose()
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    const next = event.currentTarget.value.trim()
    if (next !== '' && next !== text) onSave(next).then(onClose, onClose)
    else onClose()
  }
  return <textarea ref={field} className="editor" aria-label="Edit this line" defaultValue={text} onKeyDown={key} />
}
