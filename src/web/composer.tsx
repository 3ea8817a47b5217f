import { type ChangeEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { Channel } from '../client/client.ts'
import { useChannel, useTyping } from '../client/react.ts'

/** Where you write. Enter sends, Shift-Enter begins a new line, ↑ in the empty field edits your last line. */
export function Composer({ channel, onEditLast }: { channel: Channel; onEditLast(seq: number): void }) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const { setTyping } = useTyping(channel)
  const me = useChannel(channel, state => state.me)
  const status = useChannel(channel, state => state.circle?.status)
  const why =
    me?.role === 'reader'
      ? 'You may read here, and not write.'
      : status === 'archived'
        ? 'This circle is archived.'
        : null

  useEffect(() => field.current?.focus(), [])

  const change = (event: ChangeEvent<HTMLTextAreaElement>): void => {
    setText(event.target.value)
    setTyping(event.target.value.trim() !== '')
  }
  const send = (): void => {
    const content = text.trim()
    if (content === '') return
    setText('')
    channel.say(content).catch(() => {}) // the line itself shows what became of it
    channel.markRead()
  }
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      send()
    }
    if (event.key === 'ArrowUp' && text === '') {
      const mine = channel.state.entries.findLast(({ author, deleted }) => author?.id === me?.id && !deleted)
      if (mine !== undefined) {
        event.preventDefault()
        onEditLast(mine.seq)
      }
    }
  }

  return (
    <div className="composer">
      <textarea
        ref={field}
        aria-label="Write a line"
        placeholder={why ?? 'Write a line'}
        disabled={why !== null}
        value={text}
        rows={1}
        onChange={change}
        onKeyDown={key}
      />
      <button type="button" className="primary" disabled={text.trim() === ''} onClick={send}>
        Send
      </button>
    </div>
  )
}
