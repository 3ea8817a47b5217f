import { useCallback, useEffect, useState } from 'react'
import { useCircles } from '../client/react.ts'
import { Circle } from './circle.tsx'
import { rememberCircle } from './recent.ts'
import type { Route } from './route.ts'
import { Sidebar } from './sidebar.tsx'

/** Which drawer is open where there is no room for columns. */
export type Drawer = 'circles' | 'people' | null

/** The three columns: circles, the conversation, who is here. */
export function Shell({ route, onLeave }: { route: NonNullable<Route>; onLeave(): void }) {
  const client = useCircles()
  const [drawer, setDrawer] = useState<Drawer>(null)
  const channel = client[route.kind](route.name)
  useEffect(() => {
    document.title = `${route.name} · Circles`
    setDrawer(null)
    if (route.kind === 'circle') rememberCircle(route.name)
  }, [route.kind, route.name])
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setDrawer(null)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [])
  const closeDrawer = useCallback(() => setDrawer(null), [])

  return (
    <div className="shell" data-drawer={drawer ?? 'none'}>
      <Sidebar current={route} onLeave={onLeave} />
      <Circle key={channel.name} channel={channel} onDrawer={setDrawer} />
      {drawer !== null ? <button type="button" className="scrim" aria-label="Close" onClick={closeDrawer} /> : null}
    </div>
  )
}
