import 'monaco-editor/features/register.all'
import { editor } from 'monaco-editor/editor'
import EditorWorker from 'monaco-editor/editor/editor.worker?worker'
import { MonacoBinding } from 'y-monaco'
import { mainElement, openDocument } from './document.ts'

// A text in Monaco, with y-monaco.

const { doc, awareness } = openDocument('monaco')
Object.assign(globalThis, { MonacoEnvironment: { getWorker: () => new EditorWorker() } })

const main = mainElement()
main.classList.add('monaco')
const model = editor.createModel('')
model.setEOL(editor.EndOfLineSequence.LF) // a line's end is one character in the document
const monaco = editor.create(main, { model, automaticLayout: true, minimap: { enabled: false }, ariaLabel: 'Text' })
new MonacoBinding(doc.getText('content'), model, new Set([monaco]), awareness)
