import { useEffect, useRef, useState } from 'react'

/**
 * Takes files that are dropped anywhere on a part of the page (a selector): elsewhere, a browser opens them in place of the
 * page. Returns whether files are being dragged over it.
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
      const isHere = event.target instanceof Element && event.target.closest(area) !== null
      setOver(isHere && isOpen && event.type === 'dragover')
      if (isHere && isOpen && event.type === 'drop') void latest.current([...(event.dataTransfer?.files ?? [])])
    }
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false)
    }
    addEventListener('dragover', onDrag)
    addEventListener('drop', onDrag)
    addEventListener('dragleave', onLeave)
    return () => {
      removeEventListener('dragover', onDrag)
      removeEventListener('drop', onDrag)
      removeEventListener('dragleave', onLeave)
    }
  }, [area, isOpen])
  return isOver
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false
