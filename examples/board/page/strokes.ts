import { useEffect, useMemo, useState } from 'react'
import * as Y from 'yjs'

/** The board's own measure: every window shows all of it. */
export const size = { width: 1600, height: 900 }

/** A line that somebody drew: a path of SVG in the board's own measure. */
export type Stroke = { color: string; path: string }

type Shared = Y.Array<Y.Map<unknown>>

/** The strokes of a document, and what changes them; undoing takes back what was drawn here. */
export function useStrokes(doc: Y.Doc) {
  const shared: Shared = doc.getArray('strokes')
  const [strokes, setStrokes] = useState<readonly Stroke[]>([])
  const undoManager = useMemo(() => new Y.UndoManager(shared, { captureTimeout: Number.POSITIVE_INFINITY }), [shared])
  useEffect(() => {
    const read = (): void => setStrokes(shared.map(strokeOf))
    read()
    shared.observeDeep(read)
    return () => shared.unobserveDeep(read)
  }, [shared])
  const begin = (color: string, x: number, y: number): ((x: number, y: number) => void) => {
    const points = Y.Array.from([x, y])
    undoManager.stopCapturing() // what follows is one step
    shared.push([new Y.Map<unknown>(Object.entries({ color, points }))])
    return (nextX, nextY) => points.push([nextX, nextY])
  }
  return {
    strokes,
    begin,
    undo: () => void undoManager.undo(),
    clear: () => {
      undoManager.stopCapturing()
      shared.delete(0, shared.length)
    },
  }
}

/** What a document holds came from other programs: only a proper stroke is drawn. */
function strokeOf(shared: Y.Map<unknown>): Stroke {
  const [color, points] = [shared.get('color'), shared.get('points')]
  const numbers = points instanceof Y.Array ? points.toArray().filter(value => typeof value === 'number') : []
  const places = numbers.flatMap((x, index) => (index % 2 === 0 ? `${x} ${numbers[index + 1] ?? 0}` : []))
  const path = places.length === 1 ? `M${places[0]}l0 0` : `M${places.join('L')}`
  return { color: typeof color === 'string' ? color : '#000', path: places.length === 0 ? '' : path }
}
