import { defaultKeymap } from '@codemirror/commands'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import { mainElement, openDocument } from './document.ts'

// A text in CodeMirror, with its own binding.

const { doc, awareness } = openDocument('codemirror')
const text = doc.getText('content')

new EditorView({
  parent: mainElement(),
  state: EditorState.create({
    doc: text.toString(),
    extensions: [
      yCollab(text, awareness),
      keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Text' }),
    ],
  }),
})
