import { useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import type { PageState } from '../../layout/page-state.ts'
import { DeleteIcon, EditIcon, ReactIcon, ReplyIcon } from '../../lib/icons.tsx'
import { emojis } from './reactions.tsx'

type Props = { entry: Entry; channel: Channel; page: PageState; isInThread: boolean }

/** The buttons for a message: react, reply, edit, delete. They show on hover and on focus. */
export function MessageActions({ entry, channel, page, isInThread }: Props) {
  const [isPicking, setPicking] = useState(false)
  const [isConfirming, setConfirming] = useState(false)
  const { self } = channel.state
  const isOwn = self !== null && entry.author?.kind === 'person' && entry.author.id === self.id
  const mayWrite = self !== null && self.role !== 'reader'
  const mayDelete = isOwn || self?.role === 'moderator' || self?.role === 'owner'
  if (!mayWrite) return null

  const react = (emoji: string): void => {
    setPicking(false)
    channel.react(entry.seq, emoji).catch(() => {}) // when it is refused, no reaction appears
  }
  const remove = (): void => {
    if (isConfirming) channel.delete(entry.seq).catch(() => setConfirming(false))
    else setConfirming(true)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the handler only notices that the pointer has left
    <div
      className="message-actions"
      data-open={isPicking || isConfirming || undefined}
      onMouseLeave={() => setConfirming(false)}
    >
      {isPicking ? (
        emojis.map(emoji => (
          <button key={emoji} type="button" onClick={() => react(emoji)} aria-label={`React with ${emoji}`}>
            {emoji}
          </button>
        ))
      ) : (
        <>
          <button type="button" onClick={() => setPicking(true)} aria-label="React" title="React">
            <ReactIcon />
          </button>
          {isInThread ? null : (
            <button
              type="button"
              onClick={() => page.openThread(entry.root ?? entry.seq)}
              aria-label="Reply"
              title="Reply in a thread"
            >
              <ReplyIcon />
            </button>
          )}
          {isOwn ? (
            <button type="button" onClick={() => page.edit(entry.seq)} aria-label="Edit" title="Edit">
              <EditIcon />
            </button>
          ) : null}
          {mayDelete ? (
            <button
              type="button"
              className={isConfirming ? 'confirm' : ''}
              onClick={remove}
              aria-label={isConfirming ? 'Delete? Press again to confirm' : 'Delete'}
              title="Delete"
            >
              {isConfirming ? 'Delete?' : <DeleteIcon />}
            </button>
          ) : null}
        </>
      )}
    </div>
  )
}
