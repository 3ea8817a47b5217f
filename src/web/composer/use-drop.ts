import { useEffect, useRef, useState } from 'react'

/** The part of a page that belongs to the composer of the conversation: of our own page, or of another app. */
export const conversationArea = '.channel-page, .circles'

/**
 * Takes files that are dropped or pasted anywhere on a part of the page (a selector): what is dropped elsewhere, a browser
 * opens in place of the page. Returns whether files are being dragged over it.
 */
export function useDrop(area: string, take: (files: readonly File[]) => Promise<void>, isOpen: boolean): boolean {
  const [isOver, setOver] = useState(false)
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  useEffect(() => {
    const onDrag = (event: DragEvent): void => {
      if (!hasFiles(event)) return
      event.preventDefault() // also where nothing is taken: the page must not be lost
      const isHere = event.target instanceof Element && isDroppedOn(area, event.target)
      setOver(isHere && isOpen && event.type === 'dragover')
      if (isHere && isOpen && event.type === 'drop') void latest.current([...(event.dataTransfer?.files ?? [])])
    }
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length === 0 || isText(event) || !isOpen || !isPastedInto(area, event.target)) return
      event.preventDefault()
      void latest.current(files)
    }
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false)
    }
    addEventListener('dragover', onDrag)
    addEventListener('drop', onDrag)
    addEventListener('paste', onPaste)
    addEventListener('dragleave', onLeave)
    return () => {
      removeEventListener('dragover', onDrag)
      removeEventListener('drop', onDrag)
      removeEventListener('paste', onPaste)
      removeEventListener('dragleave', onLeave)
    }
  }, [area, isOpen])
  return isOver
}

/** Is this where what is dropped belongs to a part of the page? A panel within it has a composer of its own, or none. */
const isDroppedOn = (area: string, target: Element): boolean =>
  target.closest(area) !== null && (area !== conversationArea || target.closest('.panel') === null)

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false

/** Cells of a table come as a text and as an image of it. */
const isText = ({ clipboardData }: ClipboardEvent): boolean =>
  ['text/plain', 'text/html'].every(type => clipboardData?.types.includes(type))

/** Is a part of the page the one that what is pasted belongs to? With the focus nowhere, it is the conversation. */
function isPastedInto(area: string, target: EventTarget | null): boolean {
  const part = target instanceof Element ? target.closest('.panel, .sidebar') : null
  return part === null ? area === conversationArea : part.matches(area)
}
