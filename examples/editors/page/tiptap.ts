import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { StarterKit } from '@tiptap/starter-kit'
import { mainElement, openDocument } from './document.ts'

// Without text in it, as the extension draws it, Chromium's End does not leave a caret that stands at the start of a line.
const wordJoiner = '\u2060'

// Prose in Tiptap, with its own extensions. The document has an undo of its own, so that of the kit is off.

const { doc, provider, user } = openDocument('tiptap')

new Editor({
  element: mainElement(),
  extensions: [
    StarterKit.configure({ undoRedo: false }),
    Collaboration.configure({ document: doc, field: 'content' }),
    CollaborationCaret.configure({ provider, user, render: caretOf }),
  ],
  editorProps: { attributes: { 'aria-label': 'Text' } },
})

function caretOf({ name, color }: Record<string, unknown>): HTMLElement {
  const [caret, label] = [document.createElement('span'), document.createElement('div')]
  caret.className = 'collaboration-carets__caret'
  caret.style.borderColor = String(color)
  label.className = 'collaboration-carets__label'
  label.style.backgroundColor = String(color)
  label.textContent = String(name)
  caret.append(wordJoiner, label, wordJoiner)
  return caret
}
