import { useCallback, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { useCircles } from '../../client/react.ts'
import { useKeys } from '../lib/use-keys.ts'
import { addRecentCircle } from '../nav/recent-circles.ts'
import { isConversation, type Route } from '../nav/route.ts'
import { ChannelPage } from './channel-page.tsx'
import type { Drawer } from './page-state.ts'
import { ShortcutHelp } from './shortcut-help.tsx'
import { Sidebar } from './sidebar.tsx'

/** The three columns: circles, the conversation, and the panel beside it. */
export function Layout({ route, onLeave }: { route: NonNullable<Route>; onLeave(): void }) {
  const client = useCircles()
  const [drawer, setDrawer] = useState<Drawer>(null)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const channel = client[route.kind](route.name)
  useEffect(() => {
    document.title = `${route.name} · Circles`
    setDrawer(null)
    if (isConversation(route.kind)) addRecentCircle(route.name)
  }, [route.kind, route.name])

  const onJump = useCallback(() => {
    flushSync(() => setDrawer('circles')) // the field must be focused before the next key is pressed
    document.getElementById('jump')?.focus()
  }, [])
  const onHelp = useCallback(() => setHelpOpen(true), [])
  const onEscape = useCallback(() => setDrawer(null), [])
  useKeys({ onJump, onHelp, onEscape })

  return (
    <div className="layout" data-drawer={drawer ?? 'none'}>
      <Sidebar current={route} onLeave={onLeave} onHelp={onHelp} />
      <ChannelPage key={channel.name} channel={channel} onDrawer={setDrawer} />
      {drawer === null ? null : <button type="button" className="scrim" aria-label="Close" onClick={onEscape} />}
      {isHelpOpen ? <ShortcutHelp onClose={() => setHelpOpen(false)} /> : null}
    </div>
  )
}
