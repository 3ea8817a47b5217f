import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { createClient } from '../client/client.ts'
import { CirclesProvider } from '../client/react.ts'
import { Join } from './layout/join.tsx'
import { Layout } from './layout/layout.tsx'
import { clearIdentity, type Identity, loadIdentity, saveIdentity } from './nav/identity.ts'
import { IdentityContext } from './nav/identity-context.ts'
import { spendInvitation } from './nav/invitation.ts'
import { navigate, pathOf, type Route, readRoute, usePath } from './nav/route.ts'
import { takeSecretsFromHash } from './nav/url-secrets.ts'

const brought = takeSecretsFromHash()

// For the few who operate this: nobody else's first load holds it.
const StatsPage = lazy(() => import('./stats/stats-page.tsx').then(({ StatsPage }) => ({ default: StatsPage })))

/** The page: first who you are and where to, then the circle. */
export function App() {
  const [who, setWho] = useState<Identity | null>(() => loadIdentity(brought.token))
  const path = usePath()
  const route = readRoute(path)
  const isInvited = useInvitation(who, route)

  if (path === '/stats') {
    return (
      <Suspense>
        <StatsPage who={who} />
      </Suspense>
    )
  }
  if (who === null || route === null) {
    const join = (next: Identity, circle: string): void => {
      setWho(saveIdentity(next))
      navigate(pathOf('circle', circle))
    }
    return <Join who={who} circle={route?.kind === 'circle' ? route.name : 'lobby'} onJoin={join} />
  }
  if (!isInvited) return null
  const leave = (): void => {
    clearIdentity()
    setWho(null)
    navigate('/')
  }
  return <SignedIn who={who} route={route} onLeave={leave} />
}

/** Uses the invitation that the address brought; true once nothing is left to wait for. */
function useInvitation(who: Identity | null, route: Route): boolean {
  const [isDone, setDone] = useState(brought.invitation === null)
  const circle = route?.kind === 'circle' ? route.name : null
  useEffect(() => {
    if (isDone || who === null || circle === null || brought.invitation === null) return
    spendInvitation(who, circle, brought.invitation).then(() => setDone(true))
  }, [isDone, who, circle])
  return isDone
}

type Props = { who: Identity; route: NonNullable<Route>; onLeave(): void }

function SignedIn({ who, route, onLeave }: Props) {
  const client = useMemo(
    () =>
      who.by === 'name'
        ? createClient(location.origin, { name: who.name })
        : createClient(location.origin, { token: () => who.token, userKey: who.account }),
    [who],
  )
  return (
    <IdentityContext value={who}>
      <CirclesProvider client={client}>
        <Layout route={route} onLeave={onLeave} />
      </CirclesProvider>
    </IdentityContext>
  )
}
