import { useState } from 'react'
import { useKnownNames } from '../../people/distinct-name.tsx'
import { MessageBody } from '../../text/message-body.tsx'
import { t } from '../../words/words.ts'
import type { MessageRow } from '../rows.ts'

const maxLines = 40
const maxLength = 4_000 // characters

const unfolded = new Set<string>() // keys of rows, which are removed while they are not in view

/** The text of a message. A long one of a person is folded; what an agent writes is what the reader asked for. */
export function MessageText({ row: { key, author, content, turn } }: { row: MessageRow }) {
  const names = useKnownNames()
  const [isOpen, setOpen] = useState(() => unfolded.has(key))
  const text = <MessageBody text={content} isStreaming={turn !== null} names={names} />
  if (author.kind === 'agent' || !isLong(content)) return text
  const toggle = (): void => {
    if (isOpen) unfolded.delete(key)
    else unfolded.add(key)
    setOpen(!isOpen)
  }
  return (
    <>
      <div className={isOpen ? undefined : 'folded'}>{text}</div>
      <button type="button" className="replies" onClick={toggle} aria-expanded={isOpen}>
        {isOpen ? t('message.showLess') : t('message.showAll')}
      </button>
    </>
  )
}

/** Returns whether a text is so long that it is folded. */
export const isLong = (text: string): boolean => text.length > maxLength || text.split('\n').length > maxLines
