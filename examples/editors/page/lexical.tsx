import { LexicalCollaboration } from '@lexical/react/LexicalCollaborationContext'
import { CollaborationPlugin } from '@lexical/react/LexicalCollaborationPlugin'
import { LexicalComposer } from '@lexical/react/LexicalComposer'
import { ContentEditable } from '@lexical/react/LexicalContentEditable'
import { LexicalErrorBoundary } from '@lexical/react/LexicalErrorBoundary'
import { RichTextPlugin } from '@lexical/react/LexicalRichTextPlugin'
import { createRoot } from 'react-dom/client'
import { mainElement, openDocument } from './document.ts'

// Prose in Lexical, with its own plugin, which connects once it sees what comes.

const { doc, provider, user } = openDocument('lexical', { connect: false })

const config = {
  namespace: 'editors',
  editorState: null, // what is in the document
  theme: { collaboration: { cursor: 'lexical-caret', cursorName: 'lexical-name' } },
  onError: (error: Error) => {
    throw error
  },
}

function provide(id: string, documents: Map<string, typeof doc>) {
  documents.set(id, doc)
  // biome-ignore lint/suspicious/noExplicitAny: its type of a provider lacks what y-websocket's events say
  return provider as any
}

createRoot(mainElement()).render(
  <LexicalCollaboration>
    <LexicalComposer initialConfig={config}>
      <div className="lexical">
        <RichTextPlugin
          contentEditable={<ContentEditable aria-label="Text" />}
          placeholder={null}
          ErrorBoundary={LexicalErrorBoundary}
        />
      </div>
      <CollaborationPlugin
        id="content"
        rootName="content"
        providerFactory={provide}
        shouldBootstrap={false}
        username={user.name}
        cursorColor={user.color}
      />
    </LexicalComposer>
  </LexicalCollaboration>,
)
