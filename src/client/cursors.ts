'use client'
import {
  type CSSProperties,
  createElement,
  type HTMLAttributes,
  type PointerEvent,
  type ReactNode,
  useEffect,
} from 'react'
import type { Channel } from './channel.ts'
import type { ClientTypes, MemberIn } from './client-types.ts'
import { useOthers } from './use-presence.ts'

/** A place in an area, as fractions of its width and height. */
export type Point = { x: number; y: number }

/** What `<Cursors>` takes, besides the attributes of a `div`. */
export type CursorsProps<Types extends ClientTypes> = HTMLAttributes<HTMLDivElement> & {
  circle: Channel<Types>
  children?: ReactNode
  /** Draws the cursor of a member; by default an arrow with the name. */
  renderCursor?: (member: MemberIn<Types>) => ReactNode
}

/**
 * An area in which the users of a circle see each other's pointers. It keeps this user's place under the key `cursor` of
 * the presence state, beside whatever else is in there.
 */
export function Cursors<Types extends ClientTypes>({
  circle,
  children,
  renderCursor = namedArrow,
  ...attributes
}: CursorsProps<Types>): ReactNode {
  const others = useOthers(circle)
  const setCursor = (cursor: Point | null): void => (circle as unknown as Channel).updatePresence({ cursor })
  useEffect(
    () => () => {
      const channel = circle as unknown as Channel
      if (cursorOf({ state: channel.state.presence ?? {} }) !== null) channel.updatePresence({ cursor: null })
    },
    [circle],
  )
  const cursors = others.map(member => {
    const cursor = cursorOf(member)
    return cursor && createElement('div', { key: member.id, style: placeOf(cursor) }, renderCursor(member))
  })
  return createElement(
    'div',
    {
      ...attributes,
      style: { position: 'relative', ...attributes.style },
      onPointerMove(event: PointerEvent<HTMLDivElement>) {
        setCursor(pointIn(event))
        attributes.onPointerMove?.(event)
      },
      onPointerLeave(event: PointerEvent<HTMLDivElement>) {
        setCursor(null)
        attributes.onPointerLeave?.(event)
      },
    },
    children,
    createElement('div', { 'aria-hidden': true, style: overlay }, cursors),
  )
}

/** Presence comes from other programs: only a proper point is one. */
function cursorOf({ state }: { state?: object | undefined }): Point | null {
  const cursor: unknown = state && 'cursor' in state ? state.cursor : null
  if (typeof cursor !== 'object' || cursor === null || !('x' in cursor) || !('y' in cursor)) return null
  const { x, y } = cursor
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : null
}

function pointIn({ clientX, clientY, currentTarget }: PointerEvent<HTMLDivElement>): Point {
  const { left, top, width, height } = currentTarget.getBoundingClientRect()
  return { x: rounded((clientX - left) / width), y: rounded((clientY - top) / height) }
}

const rounded = (fraction: number): number => Math.round(fraction * 10_000) / 10_000

const overlay: CSSProperties = { position: 'absolute', inset: 0, overflow: 'hidden', pointerEvents: 'none' }

const placeOf = ({ x, y }: Point): CSSProperties => ({
  position: 'absolute',
  left: `${x * 100}%`,
  top: `${y * 100}%`,
  transition: 'left 80ms linear, top 80ms linear', // a place comes every 50 ms, or every second with many members
})

/** The hue of a user, the same for everybody. */
const hueOf = (id: string): number => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)

function namedArrow({ id, name }: { id: string; name: string }): ReactNode {
  const color = `hsl(${hueOf(id)} 70% 40%)`
  const arrow = createElement('path', { d: 'M0 0l5 14 2.5-6L13 6z', fill: color })
  const label: CSSProperties = { background: color, color: '#fff', font: '12px sans-serif', padding: '1px 4px' }
  return [
    createElement('svg', { key: 'arrow', width: 14, height: 14 }, arrow),
    createElement('span', { key: 'name', style: label }, name),
  ]
}
