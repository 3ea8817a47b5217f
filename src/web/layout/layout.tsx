import { useCallback, useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { useCircles } from '../../client/react.ts'
import { useKeys } from '../lib/use-keys.ts'
import { rememberCircle } from '../nav/recent-circles.ts'
import type { Route } from '../nav/route.ts'
import { ChannelPage } from './channel-page.tsx'
import { ShortcutHelp } from './shortcut-help.tsx'
import { Sidebar } from './sidebar.tsx'

/** Which drawer is open where there is no room for columns. */
export type Drawer = 'circles' | 'people' | null

/** The three columns: circles, the conversation, who is here. */
export function Layout({ route, onLeave }: { route: NonNullable<Route>; onLeave(): void }) {
  const client = useCircles()
  const [drawer, setDrawer] = useState<Drawer>(null)
  const [helps, setHelps] = useState(false)
  const channel = client[route.kind](route.name)
  useEffect(() => {
    document.title = `${route.name} · Circles`
    setDrawer(null)
    if (route.kind === 'circle') rememberCircle(route.name)
  }, [route.kind, route.name])

  const jump = useCallback(() => {
    flushSync(() => setDrawer('circles')) // the field must be there before the next key comes
    document.getElementById('jump')?.focus()
  }, [])
  const help = useCallback(() => setHelps(true), [])
  const leave = useCallback(() => setDrawer(null), [])
  useKeys({ jump, help, leave })

  return (
    <div className="shell" data-drawer={drawer ?? 'none'}>
      <Sidebar current={route} onLeave={onLeave} onHelp={help} />
      <ChannelPage key={channel.name} channel={channel} onDrawer={setDrawer} />
      {drawer === null ? null : <button type="button" className="scrim" aria-label="Close" onClick={leave} />}
      {helps ? <ShortcutHelp onClose={() => setHelps(false)} /> : null}
    </div>
  )
}
