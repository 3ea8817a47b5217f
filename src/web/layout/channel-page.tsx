import { lazy, Suspense, useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { Composer } from '../composer/composer.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import { ApprovalReminder } from '../conversation/events/open-approvals.tsx'
import { Typing } from '../conversation/typing.tsx'
import { useKeptLines } from '../conversation/use-kept-lines.ts'
import { useMarkInboxRead, useMarkItemRead } from '../inbox/use-inbox.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { MenuIcon, NotesIcon, PeopleIcon, SearchIcon, SettingsIcon } from '../lib/icons.tsx'
import { kindOf } from '../nav/route.ts'
import { DistinctNamesProvider } from '../people/distinct-name.tsx'
import { People } from '../people/people.tsx'
import { ClosedDoor } from './closed-door.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { Failure } from './failure.tsx'
import { LiveRegion } from './live-region.tsx'
import { type Drawer, type PageState, usePageState } from './page-state.ts'

// Loaded when they are opened, or when the page has nothing else to do.
const loadThread = () => import('../conversation/thread.tsx')
const loadSettings = () => import('../panels/settings.tsx')
const loadSearch = () => import('../panels/search.tsx')
const Notes = lazy(() => import('../notes/notes.tsx').then(({ Notes }) => ({ default: Notes })))
const Search = lazy(() => loadSearch().then(({ Search }) => ({ default: Search })))
const Thread = lazy(() => loadThread().then(({ Thread }) => ({ default: Thread })))
const Settings = lazy(() => loadSettings().then(({ Settings }) => ({ default: Settings })))

type Props = { channel: Channel; onDrawer(drawer: Drawer): void }

const preloadMs = 10_000 // long after the first messages are there

/** Loads the panels before they are opened, so that they open offline, too. */
function preloadPanels(): () => void {
  const timer = setTimeout(() => {
    for (const load of [loadThread, loadSettings, loadSearch]) load().catch(() => {}) // opening one tries again
  }, preloadMs)
  return () => clearTimeout(timer)
}

/** The page of one channel: header, conversation, composer, and the panel beside them. */
export function ChannelPage({ channel, seq, onDrawer }: Props & { seq: number | null }) {
  const page = usePageState(onDrawer)
  const { goTo } = page
  useEffect(() => {
    if (seq !== null) goTo(seq)
  }, [seq, goTo])
  useMarkInboxRead(channel, useChannel(channel, state => state.lastRead) ?? 0, null)
  useMarkItemRead(channel, page.target)
  useKeptLines(channel)
  useEffect(preloadPanels, [])
  // Refused at the door, without having seen anything of the channel.
  const isClosed = useChannel(channel, ({ connection, circle }) => connection.phase === 'ended' && circle === null)
  return (
    <DistinctNamesProvider channel={channel}>
      <main className="channel-page">
        <Header channel={channel} page={page} onDrawer={onDrawer} />
        {isClosed ? <ClosedDoor channel={channel} /> : <Talk channel={channel} page={page} />}
        <LiveRegion channel={channel} />
      </main>
      <ErrorBoundary fallback={<Failure />} retryOn={page.panel}>
        <Suspense fallback={<aside className="panel" aria-busy="true" />}>
          <SidePanel channel={channel} page={page} />
        </Suspense>
      </ErrorBoundary>
    </DistinctNamesProvider>
  )
}

function Talk({ channel, page }: { channel: Channel; page: PageState }) {
  const { isConversation } = kindOf(channel.name)
  return (
    <>
      <ConnectionBanner channel={channel} />
      <ErrorBoundary fallback={<Failure />}>
        <Conversation channel={channel} page={page} />
      </ErrorBoundary>
      {isConversation ? <Typing channel={channel} /> : null}
      {isConversation ? <ApprovalReminder channel={channel} page={page} /> : null}
      {isConversation ? <Composer channel={channel} page={page} /> : null}
    </>
  )
}

function Header({ channel, page, onDrawer }: Props & { page: PageState }) {
  const circle = useChannel(channel, state => state.circle)
  const count = useChannel(channel, state => state.memberCount)
  const { kind, isConversation } = kindOf(channel.name)
  const name = channel.name.slice(kind.length + 1)
  return (
    <header>
      <button type="button" className="narrow" onClick={() => onDrawer('circles')} aria-label="Circles">
        <MenuIcon />
      </button>
      <h1>{name}</h1>
      <p className="title">{!isConversation ? kind : circle?.title === name ? '' : circle?.title}</p>
      {isConversation ? (
        <>
          {kind === 'circle' ? (
            <button type="button" onClick={() => page.show({ kind: 'notes' })} aria-label="Notes" title="Notes">
              <NotesIcon />
            </button>
          ) : null}
          <button type="button" onClick={() => page.show({ kind: 'search' })} aria-label="Search" title="Search">
            <SearchIcon />
          </button>
          <button type="button" onClick={() => page.show({ kind: 'settings' })} aria-label="Settings" title="Settings">
            <SettingsIcon />
          </button>
        </>
      ) : null}
      <button
        type="button"
        onClick={page.togglePeople}
        aria-label={`Who is here: ${count}`}
        aria-expanded={page.panel.kind === 'people'}
      >
        <PeopleIcon /> {count > 0 ? count : ''}
      </button>
    </header>
  )
}

function SidePanel({ channel, page }: { channel: Channel; page: PageState }) {
  const { panel } = page
  switch (panel.kind) {
    case 'none':
      return null
    case 'people':
      return <People channel={channel} />
    case 'thread':
      return <Thread key={panel.seq} channel={channel} seq={panel.seq} page={page} />
    case 'search':
      return <Search channel={channel} page={page} />
    case 'notes':
      return <Notes channel={channel} page={page} />
    case 'settings':
      return <Settings channel={channel} page={page} />
    default:
      return panel satisfies never
  }
}
