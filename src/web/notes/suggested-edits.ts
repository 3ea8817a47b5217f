import { type EditorState, type Range, RangeSet, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view'
import { t } from '../words/words.ts'
import type { Suggestion } from './use-suggestions.ts'

type Suggestions = readonly Pick<Suggestion, 'author' | 'edits'>[]
type Marks = { suggestions: Suggestions; decorations: DecorationSet }

const changed = StateEffect.define<Suggestions>()

/** Says what is suggested, to be marked in the text. */
export const suggestionsAre = (suggestions: Suggestions): StateEffect<Suggestions> => changed.of(suggestions)

const theme = EditorView.baseTheme({
  '.cm-suggested-away': { background: 'var(--bad-wash)', textDecoration: 'line-through' },
  '.cm-suggested': {
    borderRadius: '3px',
    background: 'var(--wash)',
    textDecoration: 'none',
    borderBlockEnd: '2px dotted var(--accent)',
    whiteSpace: 'pre-wrap',
    userSelect: 'none',
  },
})

/** Marks in the text what suggestions would take away, and shows what they would put there. The list of them says it in words. */
export const suggestedEdits = StateField.define<Marks>({
  create: () => ({ suggestions: [], decorations: Decoration.none }),
  update(before, transaction) {
    const effect = transaction.effects.findLast(one => one.is(changed))
    if (effect === undefined && !transaction.docChanged) return before
    const suggestions = effect?.value ?? before.suggestions
    return { suggestions, decorations: draw(suggestions, transaction.state) }
  },
  provide: field => [EditorView.decorations.from(field, ({ decorations }) => decorations), theme],
})

function draw(suggestions: Suggestions, state: EditorState): DecorationSet {
  if (suggestions.length === 0) return Decoration.none
  const text = state.doc.toString()
  const ranges = suggestions.flatMap(({ author, edits }) =>
    edits.flatMap((edit): Range<Decoration>[] => {
      const from = placeOf(edit.old, text)
      if (from === null) return [] // it waits for what another edit brings, or fits no more
      const to = from + edit.old.length
      const attributes = { title: t('notes.suggestedBy', { name: author.name }) }
      const removed = Decoration.mark({ class: 'cm-suggested-away', attributes })
      const added = Decoration.widget({ widget: new SuggestedText(edit.new, attributes.title), side: 1 })
      return [...(from < to ? [removed.range(from, to)] : []), ...(edit.new === '' ? [] : [added.range(to)])]
    }),
  )
  return RangeSet.of(ranges, true)
}

/** Where an edit is made, as the server finds it: where its old text is the only one, or at the end. */
function placeOf(old: string, text: string): number | null {
  if (old === '') return text.length
  const at = text.indexOf(old)
  return at < 0 || text.includes(old, at + 1) ? null : at
}

class SuggestedText extends WidgetType {
  readonly #text: string
  readonly #title: string

  constructor(text: string, title: string) {
    super()
    this.#text = text
    this.#title = title
  }

  override eq(other: SuggestedText): boolean {
    return other.#text === this.#text && other.#title === this.#title
  }

  override toDOM(): HTMLElement {
    const added = document.createElement('ins')
    added.className = 'cm-suggested'
    added.setAttribute('aria-hidden', 'true') // it is not in the text yet; the list of suggestions says it
    added.title = this.#title
    added.textContent = this.#text
    return added
  }
}
