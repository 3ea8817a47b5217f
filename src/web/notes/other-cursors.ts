import { type Range, RangeSet, StateEffect } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from '@codemirror/view'
import type { Awareness } from 'y-protocols/awareness'
import {
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromJSON,
  createRelativePositionFromTypeIndex,
  type Text,
} from 'yjs'

// The cursors of others, by class: those of the binding have styles in their attributes, which the page's policy forbids.

const moved = StateEffect.define<null>()

type Place = { client: number; name: string; from: number; to: number; head: number }

/** Shows where others are in a text, and tells them where we are. */
export function otherCursors(text: Text, awareness: Awareness) {
  return [
    ViewPlugin.define(view => new OtherCursors(view, text, awareness), { decorations: plugin => plugin.decorations }),
    theme,
  ]
}

class OtherCursors {
  decorations: DecorationSet
  readonly #text: Text
  readonly #awareness: Awareness
  readonly #stop: () => void

  constructor(view: EditorView, text: Text, awareness: Awareness) {
    this.#text = text
    this.#awareness = awareness
    const listener = ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>) => {
      if ([...added, ...updated, ...removed].some(client => client !== awareness.clientID))
        view.dispatch({ effects: moved.of(null) })
    }
    awareness.on('change', listener)
    this.#stop = () => awareness.off('change', listener)
    this.decorations = this.#draw(view.state.doc.length)
  }

  update(update: ViewUpdate): void {
    if (update.selectionSet || update.focusChanged || update.docChanged) this.#tell(update.view)
    this.decorations = this.#draw(update.state.doc.length)
  }

  destroy(): void {
    this.#stop()
    this.#awareness.setLocalStateField('cursor', null)
  }

  #tell({ hasFocus, state }: EditorView): void {
    const { anchor, head } = state.selection.main
    const at = (index: number) => createRelativePositionFromTypeIndex(this.#text, index)
    const cursor = hasFocus ? { anchor: at(anchor), head: at(head) } : null
    const before = this.#awareness.getLocalState()?.cursor ?? null
    if (JSON.stringify(before) !== JSON.stringify(cursor)) this.#awareness.setLocalStateField('cursor', cursor)
  }

  #draw(length: number): DecorationSet {
    const ranges = this.#places(length).flatMap(({ client, name, from, to, head }): Range<Decoration>[] => {
      const color = `cm-other-${client % hues.length}`
      const caret = Decoration.widget({ widget: new Caret(name, color), side: head > from ? -1 : 1 }).range(head)
      return from === to ? [caret] : [Decoration.mark({ class: `cm-other-selection ${color}` }).range(from, to), caret]
    })
    return RangeSet.of(ranges, true)
  }

  #places(length: number): Place[] {
    const { doc } = this.#text
    if (doc === null) return []
    return [...this.#awareness.getStates()].flatMap(([client, { cursor, user }]): Place[] => {
      if (client === this.#awareness.clientID || !cursor?.anchor || !cursor.head) return []
      const indexOf = (position: unknown) => {
        const found = createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(position), doc)
        return found?.type === this.#text ? Math.min(found.index, length) : null
      }
      const [anchor, head] = [indexOf(cursor.anchor), indexOf(cursor.head)]
      if (anchor === null || head === null) return []
      const name = typeof user?.name === 'string' ? user.name.slice(0, 64) : '?'
      return [{ client, name, head, from: Math.min(anchor, head), to: Math.max(anchor, head) }]
    })
  }
}

class Caret extends WidgetType {
  readonly #name: string
  readonly #color: string

  constructor(name: string, color: string) {
    super()
    this.#name = name
    this.#color = color
  }

  override eq(other: Caret): boolean {
    return other.#name === this.#name && other.#color === this.#color
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement('span')
    caret.className = `cm-other-caret ${this.#color}`
    caret.setAttribute('aria-hidden', 'true') // the list of people says who is here
    const label = document.createElement('span')
    label.className = 'cm-other-name'
    label.textContent = this.#name
    caret.append(label)
    return caret
  }

  override ignoreEvent(): boolean {
    return true
  }
}

const hues = [215, 150, 30, 280, 0, 185]
const lightness = 'calc(1.5 * var(--light) - 33%)' // dark enough on paper and light enough in the dark to be read
const theme = EditorView.baseTheme({
  '.cm-other-caret': { position: 'relative', borderInlineStart: '2px solid var(--other)', marginInline: '-1px' },
  '.cm-other-name': {
    position: 'absolute',
    insetBlockEnd: '100%',
    insetInlineStart: '-2px',
    padding: '0 4px',
    borderRadius: '3px',
    background: 'var(--other)',
    color: 'var(--paper)',
    font: '11px/14px system-ui, sans-serif',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
  },
  ...Object.fromEntries(
    hues.flatMap((hue, index) => [
      [`.cm-other-${index}`, { '--other': `hsl(${hue} 60% ${lightness})` }],
      [`.cm-other-selection.cm-other-${index}`, { background: `hsl(${hue} 60% 50% / 25%)` }],
    ]),
  ),
})
