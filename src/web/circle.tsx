import { useState } from 'react'
import type { Channel } from '../client/client.ts'
import { useChannel } from '../client/react.ts'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { People } from './people.tsx'
import type { Drawer } from './shell.tsx'
import { Standing } from './standing.tsx'
import { Typing } from './typing.tsx'

/** One circle: its head, what is said, where you write, and who is here. */
export function Circle({ channel, onDrawer }: { channel: Channel; onDrawer(drawer: Drawer): void }) {
  const circle = useChannel(channel, state => state.circle)
  const count = useChannel(channel, state => state.memberCount)
  const [editing, setEditing] = useState<number | null>(null)
  const name = channel.name.slice(channel.name.indexOf(':') + 1)
  return (
    <>
      <main className="circle">
        <header>
          <button type="button" className="narrow" onClick={() => onDrawer('circles')}>
            Circles
          </button>
          <h1>{name}</h1>
          <p className="title">{circle?.title === name ? '' : circle?.title}</p>
          <button type="button" className="narrow" onClick={() => onDrawer('people')}>
            {count === 0 ? 'People' : `${count} here`}
          </button>
        </header>
        <Standing channel={channel} />
        <Conversation channel={channel} editing={editing} onEdit={setEditing} />
        <Typing channel={channel} />
        <Composer channel={channel} onEditLast={setEditing} />
      </main>
      <People channel={channel} />
    </>
  )
}
