import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createClient } from '../../../src/client/client.ts'
import { CirclesProvider } from '../../../src/client/react.ts'
import { Chat } from './chat.tsx'

// The hooks in a development build. The server's address is in the fragment.
const client = createClient(location.hash.slice(1), { name: 'ada' })
const main = document.querySelector('main')
if (main === null) throw new Error('expected a <main> in index.html')
createRoot(main).render(
  <StrictMode>
    <CirclesProvider client={client}>
      <Chat />
    </CirclesProvider>
  </StrictMode>,
)
