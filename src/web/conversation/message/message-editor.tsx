import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { isForInputMethod } from '../../lib/use-keys.ts'
import { problemText } from '../../words/problem-text.ts'
import { t } from '../../words/words.ts'

type Props = { text: string; onSave(text: string): Promise<void>; onDelete(): Promise<void>; onClose(): void }

/** The field in which a message is edited: Enter saves, Escape cancels. An empty one asks whether to delete it. */
export function MessageEditor({ text, onSave, onDelete, onClose }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(text.length, text.length)
  }, [text.length])

  const [isEmpty, setEmpty] = useState(false) // and the reader pressed Enter

  const finish = (done: Promise<void>): void => void done.then(onClose, error => setProblem(problemText(error)))
  const save = (): void => {
    const next = field.current?.value.trim() ?? ''
    if (next === text) onClose()
    else if (next !== '') finish(onSave(next))
    else if (isEmpty) finish(onDelete())
    else setEmpty(true)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isForInputMethod(event.nativeEvent)) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      save()
    }
  }
  return (
    <>
      <textarea
        ref={field}
        className="editor"
        aria-label={t('editor.label')}
        defaultValue={text}
        dir="auto"
        onKeyDown={onKeyDown}
        onChange={() => setEmpty(false)}
      />
      {isEmpty ? (
        <p className="choices" role="alert">
          {t('editor.ask')}{' '}
          <button type="button" className="confirm" onClick={() => finish(onDelete())}>
            {t('message.delete')}
          </button>
          <button type="button" onClick={onClose}>
            {t('editor.keep')}
          </button>
        </p>
      ) : (
        <p className="soft">{t('editor.help')}</p>
      )}
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}
