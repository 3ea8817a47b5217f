import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { Channel, Entry } from '../../../client/client.ts'
import { useChannel } from '../../../client/react.ts'
import { CopyIcon, DeleteIcon, EditIcon, ReactIcon, ReplyIcon } from '../../lib/icons.tsx'
import { isForInputMethod } from '../../lib/use-keys.ts'
import type { ChatActions } from '../../ui/chat-state.ts'
import { t } from '../../words/words.ts'

/** The emojis to pick from; other clients may use any other. */
const emojis = ['👍', '❤️', '😄', '🎉', '👀', '✅']

type Props = { entry: Entry; channel: Channel; page: ChatActions; isInThread: boolean }

/**
 * The buttons for a message: react, reply, copy, edit, delete. They show on hover, on focus and after a tap, and are
 * reached from the message with the arrow keys: with a tab stop for each, the way to the composer would be long.
 */
export function MessageActions({ entry, channel, page, isInThread }: Props) {
  const [isPicking, setPicking] = useState(false)
  const [isConfirming, setConfirming] = useState(false)
  const self = useChannel(channel, state => state.self)
  if (self === null) return null
  const close = (): void => {
    setPicking(false)
    setConfirming(false)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== 'Escape' || isForInputMethod(event.nativeEvent) || !(isPicking || isConfirming)) return
    event.stopPropagation()
    close()
    event.currentTarget.closest<HTMLElement>('.message')?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the handlers only notice that the reader has turned away
    <div
      className="message-actions"
      data-open={isPicking || isConfirming || undefined}
      onMouseLeave={close}
      onBlur={({ currentTarget, relatedTarget }) => currentTarget.contains(relatedTarget) || close()}
      onKeyDown={onKeyDown}
    >
      {isPicking ? (
        <Palette entry={entry} channel={channel} onDone={close} />
      ) : (
        <>
          {self.role === 'reader' ? null : (
            <Action label={t('message.react')} onClick={() => setPicking(true)}>
              <ReactIcon />
            </Action>
          )}
          {isInThread || self.role === 'reader' ? null : (
            <Action
              label={t('message.reply')}
              title={t('message.replyInThread')}
              onClick={() => page.openThread(entry.root ?? entry.seq)}
            >
              <ReplyIcon />
            </Action>
          )}
          <Copy text={entry.content} />
          <Own entry={entry} channel={channel} page={page} isConfirming={isConfirming} onConfirm={setConfirming} />
        </>
      )}
    </div>
  )
}

type ActionProps = { label: string; title?: string; className?: string; onClick(): void; children: ReactNode }

function Action({ label, title = label, className, onClick, children }: ActionProps) {
  return (
    <button type="button" tabIndex={-1} className={className} onClick={onClick} aria-label={label} title={title}>
      {children}
    </button>
  )
}

/** The emojis to react with; the first has the focus. */
function Palette({ entry, channel, onDone }: Pick<Props, 'entry' | 'channel'> & { onDone(): void }) {
  const first = useRef<HTMLSpanElement>(null)
  useEffect(() => first.current?.querySelector('button')?.focus(), [])
  const react = (emoji: string): void => {
    first.current?.closest<HTMLElement>('.message')?.focus()
    onDone()
    channel.react(entry.seq, emoji).catch(() => {}) // when it is refused, no reaction appears
  }
  return (
    <span ref={first} className="palette">
      {emojis.map(emoji => (
        <Action key={emoji} label={t('message.reactWith', { emoji })} onClick={() => react(emoji)}>
          {emoji}
        </Action>
      ))}
    </span>
  )
}

function Copy({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false), // copying is not allowed: the text can still be selected
    )
  }
  return (
    <Action label={isCopied ? t('message.copied') : t('message.copy')} onClick={copy}>
      {isCopied ? t('message.copied') : <CopyIcon />}
    </Action>
  )
}

type OwnProps = Pick<Props, 'entry' | 'channel' | 'page'> & { isConfirming: boolean; onConfirm(is: boolean): void }

/** What the author may do with a message, and to delete it, which moderators may as well. */
function Own({ entry, channel, page, isConfirming, onConfirm }: OwnProps) {
  const self = useChannel(channel, state => state.self)
  const isOwn = entry.author?.kind === 'person' && entry.author.id === self?.id && self.role !== 'reader'
  const mayDelete = isOwn || self?.role === 'moderator' || self?.role === 'owner'
  const remove = (): void => {
    if (isConfirming) channel.delete(entry.seq).catch(() => onConfirm(false))
    else onConfirm(true)
  }
  return (
    <>
      {isOwn ? (
        <Action label={t('message.edit')} onClick={() => page.edit(entry.seq)}>
          <EditIcon />
        </Action>
      ) : null}
      {mayDelete ? (
        <Action
          label={isConfirming ? t('message.confirmLabel') : t('message.delete')}
          className={isConfirming ? 'confirm' : ''}
          onClick={remove}
        >
          {isConfirming ? t('message.confirm') : <DeleteIcon />}
        </Action>
      ) : null}
    </>
  )
}
