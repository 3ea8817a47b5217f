import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { IndexeddbPersistence } from 'y-indexeddb'
import { createClient } from '../../../src/client/create-client.ts'
import { useDocument } from '../../../src/client/documents/react.ts'
import { CirclesProvider } from '../../../src/client/react.ts'

// A page with a document that is kept on the device. Each click adds to its text.

const client = createClient(location.origin, { name: 'Ada' })

function Plan() {
  const { doc, status, isSaved, unsynced, mayWrite, refusal } = useDocument('dev/plan', {
    offline: IndexeddbPersistence,
  })
  const text = doc.getText('content')
  return (
    <>
      <button type="button" onClick={() => text.insert(text.length, `${text.length},`)}>
        Add
      </button>
      <output>
        {JSON.stringify({ text: `${text}`, status, isSaved, unsynced, mayWrite, refusal: refusal?.code })}
      </output>
    </>
  )
}

createRoot(document.body.appendChild(document.createElement('main'))).render(
  <StrictMode>
    <CirclesProvider client={client}>
      <Plan />
    </CirclesProvider>
  </StrictMode>,
)
