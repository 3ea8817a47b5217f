import { Fragment, type ReactNode, useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { FrameOf } from '../../../client/frames.ts'
import { authorOf } from '../../people/author-of.ts'
import { useDistinctText } from '../../people/distinct-name.tsx'
import { useHost } from '../../ui/host.ts'
import { list } from '../../words/format.ts'
import { rich, t } from '../../words/words.ts'
import { EventLine } from './event-line.tsx'
import { moreEventText } from './more-event-text.ts'

/** An event of a workspace, a document or a webhook: one line, with the change to a file below it. */
export function MoreEvent({ entry, channel }: { entry: Entry; channel: Channel }) {
  const { event } = entry
  return (
    <>
      <EventLine entry={entry}>
        {event.type === 'agent_activity' ? (
          <Activity event={event} />
        ) : event.type === 'document_edited' ? (
          <Edited event={event} channel={channel.name} />
        ) : (
          moreEventText(event)
        )}
      </EventLine>
      {'diff' in event.data && typeof event.data.diff === 'string' ? <Diff text={event.data.diff} /> : null}
    </>
  )
}

/** What an agent did, with a link to the channel in which it did it. */
function Activity({ event }: { event: FrameOf<'agent_activity'> }) {
  const { channel } = event.data
  const text = moreEventText(event)
  const at = text.indexOf(channel)
  const { paths, Link } = useHost()
  const href = at < 0 ? null : (paths.channel?.(channel) ?? null)
  if (href === null) return text
  return (
    <>
      {text.slice(0, at)}
      <Link href={href}>{channel}</Link>
      {text.slice(at + channel.length)}
    </>
  )
}

/** Who edited which documents, with links to them. */
function Edited({ event, channel }: { event: FrameOf<'document_edited'>; channel: string }) {
  const nameOf = useDistinctText()
  const { paths, Link } = useHost()
  const named = (name: string): ReactNode => {
    const href = paths.document?.(channel, name) ?? null
    return href === null ? <bdi>{name}</bdi> : <Link href={href}>{name}</Link>
  }
  return event.data.documents.map(({ name, by }, index) => (
    <Fragment key={name}>
      {index === 0 ? '' : '; '}
      {rich('event.document', {
        names: list(by.map(one => nameOf(authorOf(one)))),
        document: named(name),
      })}
    </Fragment>
  ))
}

/** The change to a file, folded until somebody wants to see it, and drawn only then: it may have thousands of lines. */
function Diff({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="diff" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{t('event.showChange')}</summary>
      {isOpen ? <DiffText text={text} /> : null}
    </details>
  )
}

/** A change, with what was added and removed. Lines of one kind that follow each other are one element. */
export function DiffText({ text }: { text: string }) {
  return (
    <pre className="code">
      {diffPieces(text).map(({ at, change, text: piece }) => (
        <span key={at} data-change={change}>
          {piece}
        </span>
      ))}
    </pre>
  )
}

type DiffPiece = { at: number; change: 'added' | 'removed' | undefined; text: string }

function diffPieces(text: string): DiffPiece[] {
  const pieces: DiffPiece[] = []
  for (const [at, line] of text.replace(/\n$/, '').split('\n').entries()) {
    const change = line[0] === '+' ? 'added' : line[0] === '-' ? 'removed' : undefined
    const last = pieces.at(-1)
    if (last !== undefined && last.change === change) last.text += `${line}\n`
    else pieces.push({ at, change, text: `${line}\n` })
  }
  return pieces
}
