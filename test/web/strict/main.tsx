import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createClient } from '../../../src/client/client.ts'
import { CirclesProvider } from '../../../src/client/react.ts'
import { Chat } from './chat.tsx'

// The hooks as somebody who develops with them has them. The server's address is in the fragment.
const client = createClient(location.hash.slice(1), { name: 'ada' })
const main = document.querySelector('main')
if (main === null) throw new Error('the page has no <main>')
createRoot(main).render(
  <StrictMode>
    <CirclesProvider client={client}>
      <Chat />
    </CirclesProvider>
  </StrictMode>,
)
