import { Cursors, useCircle, useOthers } from 'circles-rooms/react'
import { useDocument } from 'circles-rooms/yjs/react'
import { type PointerEvent, useRef, useState } from 'react'
import { size, useStrokes } from './strokes.ts'

const colors = { Black: '#1d1d1b', Blue: '#2a57c5', Red: '#b02a21', Green: '#1d6f39' }

/** A whiteboard: what is drawn is a document of the circle, and the pointers are its members' presence. */
export function Board({ name }: { name: string }) {
  const circle = useCircle(name)
  const { doc, isSaved, mayWrite } = useDocument(`${name}/board`)
  const { strokes, begin, undo, clear } = useStrokes(doc)
  const [color, setColor] = useState(colors.Black)
  const names = useOthers(circle, member => member.name)
  const draw = useDrawing((x, y) => begin(color, x, y))
  return (
    <main>
      <header>
        {Object.entries(colors).map(([label, value]) => (
          <button key={label} type="button" aria-pressed={value === color} onClick={() => setColor(value)}>
            {label}
          </button>
        ))}
        <button type="button" onClick={undo}>
          Undo
        </button>
        <button type="button" onClick={clear}>
          Clear
        </button>
        <span role="status">{mayWrite === false ? 'You can only look' : isSaved ? 'Saved' : 'Saving …'}</span>
        <span>{names.length === 0 ? 'Nobody else is here' : `With ${names.join(', ')}`}</span>
      </header>
      <Cursors circle={circle} className="board">
        <svg viewBox={`0 0 ${size.width} ${size.height}`} {...draw}>
          <title>Board {name}</title>
          {strokes.map(({ color, path }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: strokes have no identity but their place
            <path key={index} d={path} stroke={color} />
          ))}
        </svg>
      </Cursors>
    </main>
  )
}

/** The handlers of an area in which a pressed pointer draws. `begin` starts a stroke and returns what continues it. */
function useDrawing(begin: (x: number, y: number) => (x: number, y: number) => void) {
  const goOn = useRef<((x: number, y: number) => void) | null>(null)
  return {
    onPointerDown(event: PointerEvent<SVGSVGElement>) {
      event.currentTarget.setPointerCapture(event.pointerId)
      goOn.current = begin(...placeOf(event))
    },
    onPointerMove(event: PointerEvent<SVGSVGElement>) {
      goOn.current?.(...placeOf(event))
    },
    onPointerUp() {
      goOn.current = null
    },
    onPointerCancel() {
      goOn.current = null
    },
  }
}

function placeOf({ clientX, clientY, currentTarget }: PointerEvent<SVGSVGElement>): [x: number, y: number] {
  const { left, top, width, height } = currentTarget.getBoundingClientRect()
  return [Math.round(((clientX - left) / width) * size.width), Math.round(((clientY - top) / height) * size.height)]
}
