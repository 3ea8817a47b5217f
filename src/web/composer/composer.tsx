import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { Channel } from '../../client/client.ts'
import { useAgents, useChannel, usePresence, useTyping } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { SendIcon } from '../lib/icons.tsx'
import { type Completion, complete, completionAt, type Option } from './completion.ts'
import { CompletionList } from './completion-list.tsx'
import { fileAsCode } from './paste-file.ts'
import { commandOptions, runCommand } from './slash-commands.ts'

type Props = { channel: Channel; view: PageState; replyTo?: number }

/** Where you write. Enter sends, Shift-Enter begins a new line, ↑ in the empty field changes your last line. */
export function Composer({ channel, view, replyTo }: Props) {
  const [text, setText] = useState('')
  const [caret, setCaret] = useState<number | null>(null) // where to put it after a change of ours
  const [typedTo, setTypedTo] = useState<number | null>(null) // where a completion may be wanted
  const [at, setAt] = useState(0) // which of its options is chosen
  const [notice, setNotice] = useState<string | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const { setTyping } = useTyping(channel)
  const why = useWhyNot(channel)
  const people = usePeople(channel)
  const completion = useMemo(
    () => (typedTo === null ? null : completionAt(text, typedTo, people, commandOptions)),
    [text, typedTo, people],
  )

  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [])
  useLayoutEffect(() => {
    if (caret !== null) field.current?.setSelectionRange(caret, caret)
    setCaret(null)
  }, [caret])

  const change = (next: string, typed: number): void => {
    setText(next)
    setNotice(null)
    setTyping(next.trim() !== '' && !next.startsWith('/'))
    setTypedTo(typed)
    setAt(0)
  }
  const take = (option: Option): void => {
    const next = complete(text, field.current?.selectionStart ?? text.length, completion?.from ?? 0, option)
    setText(next.text)
    setCaret(next.caret)
    setTypedTo(null)
    field.current?.focus()
  }
  const send = (): void => {
    const content = text.trim()
    if (content === '') return
    setText('')
    setTypedTo(null)
    setTyping(false)
    const command = runCommand(content, channel, view)
    if (command !== null) return void command.then(setNotice, error => setNotice(error.message))
    view.goTo(null)
    channel.send(content, replyTo === undefined ? {} : { replyTo }).catch(() => {}) // the line shows what became of it
  }
  const add = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const read = await fileAsCode(file)
      if ('problem' in read) setNotice(read.problem)
      else setText(before => (before.trim() === '' ? read.code : `${before.trimEnd()}\n${read.code}`))
    }
  }
  const drop = (event: ClipboardEvent | DragEvent): void => {
    const files = [...('clipboardData' in event ? event.clipboardData : event.dataTransfer).files]
    if (files.length === 0) return
    event.preventDefault()
    void add(files)
  }
  const key = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (completion !== null && pick(event, completion)) return
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      send()
    }
    if (event.key === 'ArrowUp' && text === '' && replyTo === undefined) {
      event.preventDefault()
      view.edit(lastOfMine(channel))
    }
  }
  /** Moves in the list of completions, takes one, or leaves it; false if the key means something else. */
  const pick = (event: KeyboardEvent, { options }: Completion): boolean => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const chosen = options[at]
    if (step !== 0) setAt((at + step + options.length) % options.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) take(chosen)
    else if (event.key === 'Escape') setTypedTo(null)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  const listId = `completions-${replyTo ?? 'main'}`
  return (
    <div className="composer">
      {completion === null ? null : <CompletionList id={listId} options={completion.options} at={at} onTake={take} />}
      {notice === null ? null : (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      <div className="field">
        <textarea
          ref={field}
          aria-label={replyTo === undefined ? 'Write a line' : 'Write a reply'}
          aria-autocomplete="list"
          aria-controls={completion === null ? undefined : listId}
          aria-activedescendant={completion === null ? undefined : `${listId}-${at}`}
          placeholder={why ?? (replyTo === undefined ? 'Write a line' : 'Reply')}
          disabled={why !== null}
          value={text}
          rows={1}
          onChange={event => change(event.target.value, event.target.selectionStart)}
          onKeyDown={key}
          onBlur={() => setTypedTo(null)}
          onPaste={drop}
          onDrop={drop}
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

/** Why nothing can be written here, or null. */
function useWhyNot(channel: Channel): string | null {
  const role = useChannel(channel, state => state.self?.role)
  const status = useChannel(channel, state => state.circle?.status)
  if (role === 'reader') return 'You may read here, and not write.'
  return status === 'archived' ? 'This circle is archived.' : null
}

/** Whom a mention can name. */
function usePeople(channel: Channel): Option[] {
  const { members } = usePresence(channel)
  const agents = useAgents(channel)
  return useMemo(
    () => [
      ...agents.map(({ id, name, description }) => ({ value: `@${id}`, label: name, about: description || 'agent' })),
      ...members.map(({ name }) => ({ value: `@${name}`, label: name, about: '' })),
    ],
    [members, agents],
  )
}

function lastOfMine(channel: Channel): number | null {
  const { entries, self: me } = channel.state
  const mine = entries.findLast(
    ({ author, deleted, root }) => author?.kind === 'person' && author.id === me?.id && !deleted && root === null,
  )
  return mine?.seq ?? null
}
