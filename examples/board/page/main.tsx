import { createClient } from 'circles-rooms/client'
import { CirclesProvider } from 'circles-rooms/react'
import { createRoot } from 'react-dom/client'
import { Board } from './board.tsx'

// `/?board=plans&name=Ada`: without a name, a guest is given one.
const query = new URLSearchParams(location.search)
const name = query.get('name')
const client = createClient(location.origin, name === null ? {} : { name })

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <CirclesProvider client={client}>
      <Board name={query.get('board') ?? 'demo'} />
    </CirclesProvider>,
  )
}
