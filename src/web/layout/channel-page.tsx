import { type MouseEvent, memo, type ReactNode, Suspense, useEffect, useMemo } from 'react'
import type { Channel } from '../../client/client.ts'
import { OnDemand } from '../../client/on-demand.ts'
import { useChannel } from '../../client/react.ts'
import { Composer } from '../composer/composer.tsx'
import { ApprovalReminder } from '../conversation/events/open-approvals.tsx'
import { loadOnDemand as loadOfConversation } from '../conversation/load-on-demand.ts'
import { MessageList } from '../conversation/message-list.tsx'
import { Typing } from '../conversation/typing.tsx'
import { useKeptLines } from '../conversation/use-kept-lines.ts'
import { useDirectChat } from '../direct/direct-chats.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import {
  BellIcon,
  MenuIcon,
  MessageIcon,
  MoreIcon,
  NotesIcon,
  PeopleIcon,
  SearchIcon,
  SettingsIcon,
} from '../lib/icons.tsx'
import { isPrivateChat, kindOf } from '../lib/kinds.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { NavLink } from '../nav/nav-link.tsx'
import { agentChatPath } from '../nav/route.ts'
import { People } from '../people/people.tsx'
import { useTellTimeZone } from '../people/use-tell-time-zone.ts'
import { kindsWithDocuments } from '../tables.ts'
import { ChatContextProvider, type Commands } from '../ui/chat.tsx'
import type { ChatState } from '../ui/chat-state.ts'
import { part } from '../words/part.ts'
import { t, withWords } from '../words/words.ts'
import { ConnectionBanner } from './connection-banner.tsx'
import { Failure } from './failure.tsx'
import { loadOnDemand } from './load-on-demand.ts'
import { type Drawer, notesPanel, type PageState, usePageState } from './page-state.ts'

// Loaded when they are opened, or when the page has nothing else to do.
const loadPanels = () => import('./panels.ts')
const loadSlash = () => import('../composer/slash-commands.ts')
const DocumentPanel = part(() => import('../notes/document-panel.tsx'), 'DocumentPanel')
const WorkspaceFiles = part(loadOnDemand, 'WorkspaceFiles')
const Block = part(loadOnDemand, 'Block')
const PrivateTitle = part(loadOnDemand, 'PrivateTitle')
const Notifications = part(loadPanels, 'Notifications')
const ClosedDoor = part(loadOnDemand, 'ClosedDoor')
const Search = part(loadPanels, 'Search')
const Thread = part(loadPanels, 'Thread')
const Settings = part(loadPanels, 'Settings')

type Props = { channel: Channel; onDrawer(drawer: Drawer): void }
type Item = { seq: number | null; document: string | null } // what the address names in the channel

const preloadMs = 10_000 // long after the first messages are there

/** Loads the panels before they are opened, so that they open offline, too. */
function preloadPanels(): () => void {
  const timer = setTimeout(() => {
    for (const load of [loadPanels, loadOnDemand, loadOfConversation, loadSlash])
      withWords<unknown>(load).catch(() => {}) // opening one tries again
  }, preloadMs)
  return () => clearTimeout(timer)
}

/** The page of one channel: header, conversation, composer, and the panel beside them. */
export function ChannelPage({ channel, seq, document, onDrawer }: Props & Item) {
  const { page, chat } = usePageState({ channel: channel.name, document }, onDrawer)
  const { goTo } = page
  useEffect(() => {
    if (seq !== null) goTo(seq)
  }, [seq, goTo])
  useKeptLines(channel)
  useTellTimeZone(channel)
  useEffect(preloadPanels, [])
  // Refused at the door, without having seen anything of the channel.
  const isClosed = useChannel(channel, ({ connection, circle }) => connection.phase === 'ended' && circle === null)
  return (
    <ChatContextProvider chat={useThisChat(channel, chat, page.show)}>
      <main className="channel-page" tabIndex={-1}>
        <Header channel={channel} page={page} onDrawer={onDrawer} isClosed={isClosed} />
        {isClosed ? (
          <Suspense>
            <ClosedDoor channel={channel} />
          </Suspense>
        ) : (
          <Talk channel={channel} chat={chat} />
        )}
      </main>
      <ErrorBoundary fallback={<Failure />} retryOn={page.panel}>
        <Suspense fallback={<aside className="panel" aria-busy="true" />}>
          {isClosed ? null : <SidePanel channel={channel} page={page} />}
        </Suspense>
      </ErrorBoundary>
    </ChatContextProvider>
  )
}

/** What the components of this channel's chat take from the page. */
function useThisChat(channel: Channel, state: ChatState, show: PageState['show']) {
  const blockedReason = useDirectChat(channel.name)?.blocked === true ? t('composer.blocked') : null
  const commands = useMemo(
    () =>
      new OnDemand<Commands>(async () => {
        const { commandOptions, describeMistake, runCommand } = await withWords(loadSlash)
        return { options: commandOptions, mistakeIn: describeMistake, run: text => runCommand(text, channel, { show }) }
      }),
    [channel, show],
  )
  return useMemo(() => ({ channel, state, blockedReason, commands }), [channel, state, blockedReason, commands])
}

/** The conversation, which is not rendered again when a panel is opened beside it. */
const Talk = memo(function Talk({ channel, chat }: { channel: Channel; chat: ChatState }) {
  const { isConversation } = kindOf(channel.name)
  return (
    <>
      <ConnectionBanner channel={channel} />
      <ErrorBoundary fallback={<Failure />}>
        <MessageList />
      </ErrorBoundary>
      {isConversation ? <Typing /> : null}
      {isConversation ? <ApprovalReminder channel={channel} page={chat} /> : null}
      {isConversation ? <Composer takesFocus /> : null}
    </>
  )
})

function Header({ isClosed, onDrawer, ...props }: Props & { page: PageState; isClosed: boolean }) {
  return (
    <header>
      <button type="button" className="narrow" onClick={() => onDrawer('circles')} aria-label={t('sidebar.circles')}>
        <MenuIcon />
      </button>
      <Title channel={props.channel} />
      {isClosed ? null : <Tools {...props} />}
    </header>
  )
}

function Title({ channel }: { channel: Channel }) {
  const circle = useChannel(channel, state => state.circle)
  const { kind, isConversation } = kindOf(channel.name)
  const name = channel.name.slice(kind.length + 1)
  if (isPrivateChat(channel.name)) {
    return (
      <Suspense fallback={<h1>{t('header.private')}</h1>}>
        <PrivateTitle channel={channel} />
      </Suspense>
    )
  }
  return (
    <>
      <h1>{name}</h1>
      <p className="title">
        <bdi>{!isConversation ? kindText(kind) : circle?.title === name ? '' : circle?.title}</bdi>
      </p>
    </>
  )
}

/** What there is to see of a channel, for those who may be in it. */
function Tools({ channel, page }: { channel: Channel; page: PageState }) {
  const count = useChannel(channel, state => state.memberCount)
  const { kind, isConversation, recordsActivity } = kindOf(channel.name)
  const name = channel.name.slice(kind.length + 1)
  const isPrivate = isPrivateChat(channel.name)
  return (
    <>
      {recordsActivity ? (
        <NavLink
          className="message-agent"
          href={agentChatPath(name)}
          aria-label={t('header.messageName', { name })}
          title={t('header.message')}
        >
          <MessageIcon />
        </NavLink>
      ) : null}
      {isConversation ? (
        <>
          <Tool name={t('header.search')} onClick={() => page.show({ kind: 'search' })}>
            <SearchIcon />
          </Tool>
          <button type="button" className="more" popoverTarget="tools" aria-label={t('header.more')}>
            <MoreIcon />
          </button>
          <div id="tools" className="tools" popover="auto">
            {kindsWithDocuments.has(kind) && !isPrivate ? (
              <Tool name={t('header.notes')} onClick={() => page.show(notesPanel)}>
                <NotesIcon />
              </Tool>
            ) : null}
            <Tool name={t('header.notifications')} onClick={() => page.show({ kind: 'notifications' })}>
              <BellIcon />
            </Tool>
            {isPrivate ? null : (
              <Tool name={t('header.settings')} onClick={() => page.show({ kind: 'settings' })}>
                <SettingsIcon />
              </Tool>
            )}
          </div>
        </>
      ) : null}
      <button
        type="button"
        onClick={page.togglePeople}
        aria-label={t('header.people', { count })}
        aria-expanded={page.panel.kind === 'people'}
      >
        <PeopleIcon /> {count > 0 ? count : ''}
      </button>
    </>
  )
}

type ToolProps = { name: string; onClick(): void; children: ReactNode }

/** A button of the header. Where there is no room for all of them, some are in a menu, which it closes. */
function Tool({ name, onClick, children }: ToolProps) {
  const press = ({ currentTarget }: MouseEvent<HTMLButtonElement>): void => {
    currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
    onClick()
  }
  return (
    <button type="button" onClick={press} aria-label={name} title={name}>
      {children}
    </button>
  )
}

const kindText = (kind: string): string =>
  kind === 'workspace' ? t('kind.workspace') : kind === 'agent' ? t('kind.agent') : kind

function SidePanel({ channel, page }: { channel: Channel; page: PageState }) {
  const { panel } = page
  switch (panel.kind) {
    case 'none':
      return null
    case 'people':
      return (
        <People>
          <PanelHeader title={t('people.label')} closeLabel={t('page.close')} page={page} />
          <Suspense>{kindOf(channel.name).hasFiles ? <WorkspaceFiles channel={channel} /> : null}</Suspense>
          <Suspense>{isPrivateChat(channel.name) ? <Block channel={channel} /> : null}</Suspense>
        </People>
      )
    case 'thread':
      return <Thread />
    case 'search':
      return <Search channel={channel} page={page} />
    case 'document':
      return <DocumentPanel key={panel.name} channel={channel} document={panel.name} page={page} />
    case 'notifications':
      return <Notifications channel={channel} page={page} />
    case 'settings':
      return <Settings channel={channel} page={page} />
    default:
      return panel satisfies never
  }
}
