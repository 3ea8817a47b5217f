import { type KeyboardEvent, type ReactNode, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel, useTyping } from '../../client/react.ts'
import { namesOf } from '../../protocol/file-names.ts'
import { sizeLimits } from '../../protocol/size-limits.ts'
import { loadOnDemand } from '../conversation/load-on-demand.ts'
import { useUploads } from '../files/use-uploads.ts'
import { AttachIcon, SendIcon } from '../lib/icons.tsx'
import { isForInputMethod } from '../lib/use-keys.ts'
import { useChat, useCommands } from '../ui/chat.tsx'
import type { ChatState } from '../ui/chat-state.ts'
import { part } from '../words/part.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { applyOption, type Option } from './completion.ts'
import { CompletionList } from './completion-list.tsx'
import { loadDraft, storeDraft, useDraftKey } from './drafts.ts'
import { fileToCodeBlock } from './paste-file.ts'
import { useCompletion } from './use-completion.ts'
import { conversationArea, useDrop } from './use-drop.ts'

const UploadList = part(loadOnDemand, 'UploadList')

/** What a composer is for: a reply, if `replyTo` is the first message of a thread. `takesFocus`: when it is shown. */
export type ComposerProps = { replyTo?: number; takesFocus?: boolean }

/** The field for a new message. Enter sends, Shift-Enter starts a new line, ↑ edits the reader's last message. */
export function Composer({ replyTo, takesFocus = false }: ComposerProps): ReactNode {
  const { channel, state: page, blockedReason: reason } = useChat()
  const slashCommands = useCommands()
  const draftKey = useDraftKey(channel.name, replyTo)
  const [text, setText] = useState(() => loadDraft(draftKey))
  const [caret, setCaret] = useState<number | null>(null) // where to put the caret after an option was inserted
  const [notice, setNotice] = useState<string | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const { setTyping } = useTyping(channel)
  const blockedReason = useBlockedReason(channel, reason)
  const takesFiles = useChannel(channel, state => state.files)
  const uploads = useUploads(channel, draftKey ?? channel.name)
  const files = uploads.list.flatMap(({ file }) => file ?? [])
  useWritten(page, replyTo, text => {
    setText(before => (before.trim() === '' ? text : `${before.trimEnd()}\n${text}`))
    field.current?.focus()
  })

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
    if (takesFocus && matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [takesFocus])
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
    if (content === '' && files.length === 0) return
    const commands = text.startsWith('/') ? slashCommands.module : null
    if (text.startsWith('/') && commands === null)
      return void slashCommands.load().then(send, () => setNotice(t('composer.noCommands')))
    const mistake = commands?.mistakeIn(text) ?? null
    if (mistake !== null) return void setNotice(mistake)
    if (uploads.isBusy) return void setNotice(t('composer.uploading'))
    setText('')
    close()
    setTyping(false)
    const command = commands?.run(content) ?? null
    if (command !== null) return void command.then(setNotice, error => setNotice(problemText(error)))
    if (page.target !== null) page.goTo(null)
    const { list } = uploads
    uploads.set([])
    const attachments = files.map(({ id }) => id)
    channel.send(content || namesOf(files), { attachments, ...(replyTo && { replyTo }) }).catch(error => {
      if (error.code !== 'outbox_full') return // the message shows its own state
      setText(before => before || content) // it was not taken
      uploads.set(list)
      setNotice(problemText(error))
    })
  }
  const upload = async (files: readonly File[]): Promise<void> => {
    for (const file of files) setNotice(await uploads.add(file))
  }
  const addFiles = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      const result = await fileToCodeBlock(file)
      if ('code' in result)
        setText(before => (before.trim() === '' ? result.code : `${before.trimEnd()}\n${result.code}`))
      else if (takesFiles) await upload([file])
      else setNotice(t('composer.noFiles', { problem: result.problem }))
    }
  }
  const isDropping = useDrop(replyTo === undefined ? conversationArea : '.panel', addFiles, blockedReason === null)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isForInputMethod(event.nativeEvent) || onCompletionKey(event)) return
    // The keyboard of a phone has no Shift-Enter: there a button sends.
    if (event.key === 'Enter' && !event.shiftKey && !isTouch()) {
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
      {isDropping ? <p className="drop-zone">{takesFiles ? t('composer.drop') : t('composer.dropText')}</p> : null}
      {completion === null ? null : (
        <CompletionList id={listId} options={completion.options} selected={selected} onPick={pick} />
      )}
      {notice === null ? null : (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      {uploads.list.length === 0 ? null : (
        <Suspense>
          <UploadList uploads={uploads} />
        </Suspense>
      )}
      <ByteCount text={text} channel={channel} />
      <div className="field">
        <textarea
          ref={field}
          aria-label={replyTo === undefined ? t('composer.label') : t('composer.replyLabel')}
          aria-autocomplete="list"
          aria-controls={completion === null ? undefined : listId}
          aria-activedescendant={completion === null ? undefined : `${listId}-${selected}`}
          placeholder={blockedReason ?? (replyTo === undefined ? t('composer.label') : t('composer.reply'))}
          disabled={blockedReason !== null}
          value={text}
          rows={1}
          onChange={event => onType(event.target.value, event.target.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={close}
          dir={text === '' ? undefined : 'auto'} // what stands there before is in the language of the page
          enterKeyHint={isTouch() ? 'enter' : 'send'}
        />
        {takesFiles && blockedReason === null ? <AttachButton onFiles={upload} /> : null}
        <button
          type="button"
          className="primary send"
          disabled={text.trim() === '' && files.length === 0}
          onMouseDown={event => event.preventDefault()} // the field keeps the focus, and a phone its keyboard
          onClick={send}
          aria-label={t('composer.send')}
          title={t('composer.sendKey')}
        >
          <SendIcon />
        </button>
      </div>
    </div>
  )
}

/** Opens the browser's list of files. */
function AttachButton({ onFiles }: { onFiles(files: readonly File[]): Promise<void> }) {
  return (
    <label className="attach" title={t('composer.addFiles')}>
      <AttachIcon />
      <input
        type="file"
        multiple
        aria-label={t('composer.addFiles')}
        onChange={({ target }) => {
          void onFiles([...(target.files ?? [])])
          target.value = '' // so that the same file can be chosen again
        }}
      />
    </label>
  )
}

const isTouch = (): boolean => globalThis.matchMedia?.('(pointer: coarse)').matches ?? false // not while a server renders

/** Takes what a failed message left for this composer: the last of its kind, once. */
function useWritten({ written, taken }: ChatState, replyTo: number | undefined, take: (text: string) => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when something else is written
  useEffect(() => {
    if (written === null || written.replyTo !== (replyTo ?? null)) return
    take(written.text)
    taken()
  }, [written])
}

const nearLimit = 0.875 // of the largest message: from here on its size is shown

/** How much of the largest message a long text fills. */
function ByteCount({ text, channel }: { text: string; channel: Channel }) {
  const max = useChannel(channel, state => state.limits?.content_bytes ?? sizeLimits.content_bytes)
  if (text.length * 3 < max * nearLimit) return null // an UTF-16 unit is at most three bytes
  const bytes = new TextEncoder().encode(text).length
  if (bytes < max * nearLimit) return null
  return (
    <p className="notice" role="status" data-tone={bytes > max ? 'bad' : undefined}>
      {bytes > max ? t('composer.tooLong', { count: bytes - max }) : t('composer.left', { count: max - bytes })}
    </p>
  )
}

/** Returns the reason the reader cannot write here, or null. */
function useBlockedReason(channel: Channel, reason: string | null): string | null {
  const phase = useChannel(channel, state => state.connection.phase)
  const role = useChannel(channel, state => state.self?.role)
  const status = useChannel(channel, state => state.circle?.status)
  const writers = useChannel(channel, state => state.circle?.writers)
  if (phase === 'ended') return t('composer.ended')
  if (reason !== null) return reason
  if (role === 'reader') return t('composer.reader')
  if (writers === 'moderators' && role === 'member') return t('composer.moderatorsOnly')
  return status === 'archived' ? t('composer.archived') : null
}

/** Returns the seq of the reader's last message outside threads, or null. */
function lastOwnSeq(channel: Channel): number | null {
  const { entries, self } = channel.state
  const last = entries.findLast(
    ({ author, deleted, root }) => author?.kind === 'person' && author.id === self?.id && !deleted && root === null,
  )
  return last?.seq ?? null
}
