import { Suspense, useCallback, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { useCircles } from '../../client/react.ts'
import { useDirectChat } from '../direct/direct-chats.ts'
import { useTitle } from '../inbox/use-title.ts'
import { keepFocus } from '../lib/keep-focus.ts'
import { isPrivateChat } from '../lib/kinds.ts'
import { moveBetweenRegions } from '../lib/move-between-regions.ts'
import { storageKeys } from '../lib/storage.ts'
import { useKeys } from '../lib/use-keys.ts'
import { addRecentCircle } from '../nav/recent-circles.ts'
import { isConversation, parseRoute, type Route } from '../nav/route.ts'
import { part } from '../words/part.ts'
import { t } from '../words/words.ts'
import { ChannelPage } from './channel-page.tsx'
import { loadOnDemand } from './load-on-demand.ts'
import type { Drawer } from './page-state.ts'
import { Sidebar } from './sidebar.tsx'

const ShortcutHelp = part(loadOnDemand, 'ShortcutHelp')

/** The three columns: circles, the conversation, and the panel beside it. */
export function Layout({ route, onLeave }: { route: NonNullable<Route>; onLeave(): void }) {
  const client = useCircles()
  const [drawer, setDrawer] = useState<Drawer>(null)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const channel = client[route.kind](route.name)
  useEffect(() => {
    setDrawer(parseRoute(location.pathname)?.document === undefined ? null : 'people')
    if (!isConversation(route.kind)) return
    if (!isPrivateChat(`${route.kind}:${route.name}`)) addRecentCircle(route.name)
    localStorage.setItem(storageKeys.last, route.name)
  }, [route.kind, route.name])

  const chat = useDirectChat(channel.name)
  useTitle(chat?.user.name ?? (isPrivateChat(channel.name) ? t('header.private') : route.name))

  const onJump = useCallback(() => {
    flushSync(() => setDrawer('circles')) // the field must be focused before the next key is pressed
    document.getElementById('jump')?.focus()
  }, [])
  const onHelp = useCallback(() => setHelpOpen(true), [])
  const onEscape = useCallback(() => setDrawer(null), [])
  useKeys({ onJump, onHelp, onEscape, onRegion: moveBetweenRegions })
  useEffect(() => keepFocus(document), [])

  return (
    <div className="layout" data-drawer={drawer ?? 'none'}>
      <button type="button" className="skip-link" onClick={focusComposer}>
        {t('page.skip')}
      </button>
      <Sidebar current={route} onLeave={onLeave} onHelp={onHelp} />
      <ChannelPage
        key={channel.name}
        channel={channel}
        seq={route.seq ?? null}
        document={route.document ?? null}
        onDrawer={setDrawer}
      />
      {drawer === null ? null : (
        <button type="button" className="scrim" aria-label={t('page.close')} onClick={onEscape} />
      )}
      <Suspense>{isHelpOpen ? <ShortcutHelp onClose={() => setHelpOpen(false)} /> : null}</Suspense>
    </div>
  )
}

const focusComposer = (): void =>
  document.querySelector<HTMLElement>('.channel-page .composer textarea, [role="log"]')?.focus()
