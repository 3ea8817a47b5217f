import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { createClient } from '../../../src/client/client.ts'
import { defaultPlatform, memoryStorage } from '../../../src/client/platform.ts'
import {
  CirclesProvider,
  Cursors,
  type Point,
  useCircle,
  useMyPresence,
  useOthers,
  useSelf,
  useSignal,
} from '../../../src/client/react.ts'
import { fakeRoom } from '../fake-room.ts'

// A page with the hooks, and a room in the page itself, which the test drives as `room`.

type Types = { presence: { cursor: Point | null; color: string }; signals: { wave: string } }

const room = fakeRoom(run => void setTimeout(run, 1))
const platform = { ...defaultPlatform(), socket: room.socket, storage: memoryStorage() }
const client = createClient<Types>('http://circles.test', { name: 'ada', platform })
const renders = { names: 0 }
Object.assign(globalThis, { room, renders })

function Names() {
  renders.names++
  const names = useOthers(useCircle<Types>('lobby'), ({ name, state }) => `${name} ${state?.color}`)
  return <p id="names">{names.join()}</p>
}

function Board() {
  const circle = useCircle<Types>('lobby')
  const [me, update] = useMyPresence(circle, { cursor: null, color: 'red' })
  const self = useSelf(circle)
  const [waves, setWaves] = useState<string[]>([])
  const wave = useSignal(circle, 'wave', (value, userId) => setWaves(all => [...all, `${userId}: ${value}`]))
  return (
    <Cursors circle={circle} id="area" style={{ width: 200, height: 100 }}>
      <p id="me">{JSON.stringify(me)}</p>
      <p id="self">{JSON.stringify([self?.name, self?.state?.color])}</p>
      <p id="waves">{waves.join()}</p>
      <button type="button" id="wave" onClick={() => wave('hello')} />
      <button type="button" id="blue" onClick={() => update({ color: 'blue' })} />
    </Cursors>
  )
}

function App() {
  const [isShown, setShown] = useState(true)
  return (
    <CirclesProvider client={client}>
      <Names />
      {isShown && <Board />}
      <button type="button" id="leave" onClick={() => setShown(false)} />
    </CirclesProvider>
  )
}

createRoot(document.body.appendChild(document.createElement('main'))).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
