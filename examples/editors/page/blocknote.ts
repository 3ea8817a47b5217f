import '@blocknote/core/style.css'
import { BlockNoteEditor } from '@blocknote/core'
import { withCollaboration } from '@blocknote/core/yjs'
import { mainElement, openDocument } from './document.ts'

// Blocks in BlockNote, without its menus, which are made with React.

const { doc, provider, user } = openDocument('blocknote')

BlockNoteEditor.create(
  withCollaboration({
    collaboration: { fragment: doc.getXmlFragment('content'), provider, user, showCursorLabels: 'always' },
    domAttributes: { editor: { 'aria-label': 'Text' } },
  }),
).mount(mainElement())
