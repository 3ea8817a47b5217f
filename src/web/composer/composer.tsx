import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel, useTyping } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { SendIcon } from '../lib/icons.tsx'
import { isForInputMethod } from '../lib/use-keys.ts'
import { applyOption, type Option } from './completion.ts'
import { CompletionList } from './completion-list.tsx'
import { loadDraft, storeDraft, useDraftKey } from './drafts.ts'
import { fileToCodeBlock } from './paste-file.ts'
import { describeMistake, runCommand } from './slash-commands.ts'
import { useCompletion } from './use-completion.ts'

type Props = { channel: Channel; page: PageState; replyTo?: number }

/** The field for a new message. Enter sends, Shift-Enter starts a new line, ↑ edits the reader's last message. */
export function Composer({ channel, page, replyTo }: Props) {
  const draftKey = useDraftKey(channel.name, replyTo)
  const [text, setText] = useState(() => loadDraft(draftKey))
  const [caret, setCaret] = useState<number | null>(null) // where to put the caret after an option was inserted
  const [notice, setNotice] = useState<string | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const { setTyping } = useTyping(channel)
  const blockedReason = useBlockedReason(channel)

  const pick = (option: Option): void => {
    const { current } = field
    const next = applyOption(text, current?.selectionStart ?? text.length, completion?.from ?? 0, option)
    setText(next.text)
    setCaret(next.caret)
    close()
    current?.focus()
  }
  const { completion, selected, open, close, onKeyDown: onCompletionKey } = useCompletion(channel, text, pick)

  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [])
  useEffect(() => storeDraft(draftKey, text), [draftKey, text])
  useLayoutEffect(() => {
    if (caret !== null) field.current?.setSelectionRange(caret, caret)
    setCaret(null)
  }, [caret])

  const onType = (next: string, at: number): void => {
    setText(next)
    setNotice(null)
    setTyping(next.trim() !== '' && !next.startsWith('/'))
    open(at)
  }
  const send = (): void => {
    const content = text.trim()
    if (content === '') return
    const mistake = describeMistake(text)
    if (mistake !== null) return void setNotice(mistake)
    setText('')
    close()
    setTyping(false)
    const command = text.startsWith('/') ? runCommand(content, channel, page) : null
    if (command !== null) return void command.then(setNotice, error => setNotice(error.message))
    page.goTo(null)
    channel.send(content, replyTo === undefined ? {} : { replyTo }).catch(error => {
      if (error.code !== 'outbox_full') return // the message shows its own state
      setText(before => before || content) // it was not taken
      setNotice(error.message)
    })
  }
  const addFiles = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const result = await fileToCodeBlock(file)
      if ('problem' in result) setNotice(result.problem)
      else setText(before => (before.trim() === '' ? result.code : `${before.trimEnd()}\n${result.code}`))
    }
  }
  const onFiles = (event: ClipboardEvent | DragEvent): void => {
    const files = [...('clipboardData' in event ? event.clipboardData : event.dataTransfer).files]
    if (files.length === 0) return
    event.preventDefault()
    void addFiles(files)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isForInputMethod(event.nativeEvent) || onCompletionKey(event)) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    }
    if (event.key === 'ArrowUp' && text === '' && replyTo === undefined) {
      event.preventDefault()
      page.edit(lastOwnSeq(channel))
    }
  }

  const listId = `completions-${replyTo ?? 'main'}`
  return (
    <div className="composer">
      {completion === null ? null : (
        <CompletionList id={listId} options={completion.options} selected={selected} onPick={pick} />
      )}
      {notice === null ? null : (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      <div className="field">
        <textarea
          ref={field}
          aria-label={replyTo === undefined ? 'Write a message' : 'Write a reply'}
          aria-autocomplete="list"
          aria-controls={completion === null ? undefined : listId}
          aria-activedescendant={completion === null ? undefined : `${listId}-${selected}`}
          placeholder={blockedReason ?? (replyTo === undefined ? 'Write a message' : 'Reply')}
          disabled={blockedReason !== null}
          value={text}
          rows={1}
          onChange={event => onType(event.target.value, event.target.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={close}
          onPaste={onFiles}
          onDrop={onFiles}
        />
        <button
          type="button"
          className="primary send"
          disabled={text.trim() === ''}
          onClick={send}
          aria-label="Send"
          title="Send (Enter)"
        >
          <SendIcon />
        </button>
      </div>
    </div>
  )
}

/** Returns the reason the reader cannot write here, or null. */
function useBlockedReason(channel: Channel): string | null {
  const role = useChannel(channel, state => state.self?.role)
  const status = useChannel(channel, state => state.circle?.status)
  const writers = useChannel(channel, state => state.circle?.writers)
  if (role === 'reader') return 'You can read this circle but not write in it.'
  if (writers === 'moderators' && role === 'member') return 'Only moderators can write in this circle.'
  return status === 'archived' ? 'This circle is archived.' : null
}

/** Returns the seq of the reader's last message outside threads, or null. */
function lastOwnSeq(channel: Channel): number | null {
  const { entries, self } = channel.state
  const last = entries.findLast(
    ({ author, deleted, root }) => author?.kind === 'person' && author.id === self?.id && !deleted && root === null,
  )
  return last?.seq ?? null
}
