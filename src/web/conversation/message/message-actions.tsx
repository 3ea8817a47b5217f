import { useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { PageState } from '../../layout/page-state.ts'
import { DeleteIcon, EditIcon, ReactIcon, ReplyIcon } from '../../lib/icons.tsx'
import { palette } from './reactions.tsx'

type Props = { entry: Entry; channel: Channel; view: PageState; inThread: boolean }

/** What can be done with a line; there for a pointer, for keys, and on a long look. */
export function MessageActions({ entry, channel, view, inThread }: Props) {
  const [picking, setPicking] = useState(false)
  const [sure, setSure] = useState(false)
  const { me } = channel.state
  const isMine = me !== null && entry.author?.kind === 'person' && entry.author.id === me.id
  const mayWrite = me !== null && me.role !== 'reader'
  const mayDelete = isMine || me?.role === 'moderator' || me?.role === 'owner'
  if (!mayWrite) return null

  const react = (emoji: string): void => {
    setPicking(false)
    channel.react(entry.seq, emoji).catch(() => {}) // a refusal changes nothing, and shows as that
  }
  const remove = (): void => {
    if (sure) channel.remove(entry.seq).catch(() => setSure(false))
    else setSure(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the pointer has gone
    <div className="tools" data-open={picking || sure || undefined} onMouseLeave={() => setSure(false)}>
      {picking ? (
        palette.map(emoji => (
          <button key={emoji} type="button" onClick={() => react(emoji)} aria-label={`React with ${emoji}`}>
            {emoji}
          </button>
        ))
      ) : (
        <>
          <button type="button" onClick={() => setPicking(true)} aria-label="React" title="React">
            <ReactIcon />
          </button>
          {inThread ? null : (
            <button
              type="button"
              onClick={() => view.openThread(entry.root ?? entry.seq)}
              aria-label="Reply"
              title="Reply in a thread"
            >
              <ReplyIcon />
            </button>
          )}
          {isMine ? (
            <button type="button" onClick={() => view.edit(entry.seq)} aria-label="Edit" title="Edit">
              <EditIcon />
            </button>
          ) : null}
          {mayDelete ? (
            <button
              type="button"
              className={sure ? 'sure' : ''}
              onClick={remove}
              aria-label={sure ? 'Yes, delete' : 'Delete'}
              title="Delete"
            >
              {sure ? 'Delete?' : <DeleteIcon />}
            </button>
          ) : null}
        </>
      )}
    </div>
  )
}
