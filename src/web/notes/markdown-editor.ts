import { defaultKeymap } from '@codemirror/commands'
import { defineLanguageFacet, HighlightStyle, Language, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { GFM, parser } from '@lezer/markdown'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import type { Awareness } from 'y-protocols/awareness'
import { type Text, UndoManager } from 'yjs'
import { t } from '../words/words.ts'
import { otherCursors } from './other-cursors.ts'
import { suggestedEdits, suggestionsAre } from './suggested-edits.ts'

/** An editor in the page. */
export type MarkdownEditor = {
  setReadOnly(isReadOnly: boolean): void
  showSuggestions(suggestions: Parameters<typeof suggestionsAre>[0]): void
  focus(): void
  destroy(): void
}

const markdown = new Language(defineLanguageFacet(), parser.configure(GFM), [], 'markdown')

const highlighting = HighlightStyle.define([
  { tag: tags.heading, fontWeight: '600' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: [tags.link, tags.url], color: 'var(--accent)' },
  { tag: tags.monospace, fontFamily: 'ui-monospace, Menlo, Consolas, monospace' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.quote], color: 'var(--soft)' },
])

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--raised)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'system-ui, sans-serif', fontSize: '15px', lineHeight: '22px' },
  '.cm-content': { padding: '20px 0', caretColor: 'var(--ink)' }, // above the first line, a name has room
  '.cm-line': { padding: '0 12px' },
  '.cm-cursor': { borderColor: 'var(--ink)' },
  '.cm-placeholder': { color: 'var(--soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--wash)',
  },
})

const readOnlyRules: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ tabindex: '0' }), // it can still be read by keyboard
]

const isMotionReduced = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

/**
 * Makes an editor of a shared text. It is in a shadow root, whose style sheets are made by a script: a style element would be
 * refused by the page's policy.
 */
export function markdownEditor(
  host: HTMLElement,
  { text, awareness, label }: { text: Text; awareness: Awareness; label: string },
): MarkdownEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true })
  const readOnly = new Compartment()
  const undoManager = new UndoManager(text)
  const extensions = [
    yCollab(text, null, { undoManager }),
    keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
    otherCursors(text, awareness),
    suggestedEdits,
    drawSelection({ cursorBlinkRate: isMotionReduced() ? 0 : 1_200 }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, dir: 'auto', spellcheck: 'true' }),
    placeholder(t('notes.placeholder')),
    markdown,
    syntaxHighlighting(highlighting),
    readOnly.of([]),
    theme,
  ]
  const view = new EditorView({ parent: root, root, state: EditorState.create({ doc: text.toString(), extensions }) })
  return {
    setReadOnly: isReadOnly => view.dispatch({ effects: readOnly.reconfigure(isReadOnly ? readOnlyRules : []) }),
    showSuggestions: suggestions => view.dispatch({ effects: suggestionsAre(suggestions) }),
    focus: () => view.focus(),
    destroy() {
      view.destroy()
      undoManager.destroy()
    },
  }
}
