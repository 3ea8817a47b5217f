import { useCallback, useEffect, useMemo, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { Composer } from '../composer/composer.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import { Thread } from '../conversation/thread.tsx'
import { Typing } from '../conversation/typing.tsx'
import { MenuIcon, PeopleIcon, SearchIcon, SettingsIcon } from '../lib/icons.tsx'
import { Search } from '../panels/search.tsx'
import { Settings } from '../panels/settings.tsx'
import { DistinctNames } from '../people/distinct-name.tsx'
import { People } from '../people/people.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import type { Drawer } from './layout.tsx'
import { LiveRegion } from './live-region.tsx'
import type { PageState, Panel } from './page-state.ts'

const people: Panel = { kind: 'people' }

/** One channel: its head, what is said, where you write, and what stands beside it. */
export function ChannelPage({ channel, onDrawer }: { channel: Channel; onDrawer(drawer: Drawer): void }) {
  const circle = useChannel(channel, state => state.circle)
  const count = useChannel(channel, state => state.memberCount)
  const view = useView(onDrawer)
  const kind = channel.name.slice(0, channel.name.indexOf(':'))
  const name = channel.name.slice(kind.length + 1)
  const isCircle = kind === 'circle'
  return (
    <DistinctNames channel={channel}>
      <main className="circle">
        <header>
          <button type="button" className="narrow" onClick={() => onDrawer('circles')} aria-label="Circles">
            <MenuIcon />
          </button>
          <h1>{name}</h1>
          <p className="title">{!isCircle ? kind : circle?.title === name ? '' : circle?.title}</p>
          {isCircle ? (
            <>
              <button type="button" onClick={() => view.show({ kind: 'search' })} aria-label="Search" title="Search">
                <SearchIcon />
              </button>
              <button
                type="button"
                onClick={() => view.show({ kind: 'settings' })}
                aria-label="Settings"
                title="Settings"
              >
                <SettingsIcon />
              </button>
            </>
          ) : null}
          <button
            type="button"
            className="medium"
            onClick={() => onDrawer('people')}
            aria-label={`Who is here: ${count}`}
          >
            <PeopleIcon /> {count > 0 ? count : ''}
          </button>
        </header>
        <ConnectionBanner channel={channel} />
        <Conversation channel={channel} view={view} />
        {isCircle ? <Typing channel={channel} /> : null}
        {isCircle ? <Composer channel={channel} view={view} /> : null}
        <LiveRegion channel={channel} />
      </main>
      <Beside channel={channel} view={view} />
    </DistinctNames>
  )
}

function Beside({ channel, view }: { channel: Channel; view: PageState }) {
  const { panel } = view
  switch (panel.kind) {
    case 'people':
      return <People channel={channel} />
    case 'thread':
      return <Thread key={panel.seq} channel={channel} seq={panel.seq} view={view} />
    case 'search':
      return <Search channel={channel} view={view} />
    case 'settings':
      return <Settings channel={channel} view={view} />
    default:
      return panel satisfies never
  }
}

function useView(onDrawer: (drawer: Drawer) => void): PageState {
  const [editing, edit] = useState<number | null>(null)
  const [goal, goTo] = useState<number | null>(null)
  const [panel, setPanel] = useState<Panel>(people)
  const show = useCallback(
    (next: Panel) => {
      setPanel(next)
      onDrawer(next.kind === 'people' ? null : 'people') // where there is no room beside, it lies above
    },
    [onDrawer],
  )
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      setPanel(people)
      goTo(null)
    }
    addEventListener('keydown', leave)
    return () => removeEventListener('keydown', leave)
  }, [])
  return useMemo(
    () => ({ editing, goal, panel, edit, goTo, show, openThread: seq => show({ kind: 'thread', seq }) }),
    [editing, goal, panel, show],
  )
}
