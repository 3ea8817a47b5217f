import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { isForInputMethod } from '../../lib/use-keys.ts'

type Props = { text: string; onSave(text: string): Promise<void>; onClose(): void }

/** The field in which a message is edited: Enter saves, Escape cancels. */
export function MessageEditor({ text, onSave, onClose }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.setSelectionRange(text.length, text.length)
  }, [text.length])

  const save = (): void => {
    const next = field.current?.value.trim() ?? ''
    if (next === '' || next === text) onClose()
    else onSave(next).then(onClose, error => setProblem(error.message))
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
        aria-label="Edit this message"
        defaultValue={text}
        onKeyDown={onKeyDown}
      />
      <p className="soft">Enter saves, Esc cancels.</p>
      {problem === null ? null : (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}
