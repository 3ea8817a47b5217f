import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { createClient } from '../client/client.ts'
import { CirclesProvider } from '../client/react.ts'
import { Join } from './layout/join.tsx'
import { Layout } from './layout/layout.tsx'
import { clearIdentity, type Identity, IdentityContext, loadIdentity, saveIdentity } from './nav/identity.ts'
import { redeemInvitation } from './nav/invitation.ts'
import { channelPath, isConversation, navigate, parseRoute, type Route, usePath } from './nav/route.ts'
import { takeSecretsFromHash } from './nav/url-secrets.ts'

const secrets = takeSecretsFromHash()

// Loaded only when it is opened: few readers operate the server.
const StatsPage = lazy(() => import('./stats/stats-page.tsx').then(({ StatsPage }) => ({ default: StatsPage })))

/** The whole page: the join form, the statistics, or a channel. */
export function App() {
  const [identity, setIdentity] = useState<Identity | null>(() => loadIdentity(secrets.token))
  const path = usePath()
  const route = parseRoute(path)
  const isInvitationDone = useInvitation(identity, route)

  if (path === '/stats') {
    return (
      <Suspense>
        <StatsPage identity={identity} />
      </Suspense>
    )
  }
  if (identity === null || route === null) {
    const join = (next: Identity, circle: string): void => {
      setIdentity(saveIdentity(next))
      navigate(channelPath('circle', circle))
    }
    return (
      <Join
        identity={identity}
        circle={route !== null && isConversation(route.kind) ? route.name : 'lobby'}
        onJoin={join}
      />
    )
  }
  if (!isInvitationDone) return null
  const leave = (): void => {
    clearIdentity()
    setIdentity(null)
    navigate('/')
  }
  return <SignedIn identity={identity} route={route} onLeave={leave} />
}

/** Redeems the invitation in the address, if there is one; returns true once there is nothing to wait for. */
function useInvitation(identity: Identity | null, route: Route): boolean {
  const [isDone, setDone] = useState(secrets.invitation === null)
  const circle = route !== null && isConversation(route.kind) ? route.name : null
  useEffect(() => {
    if (isDone || identity === null || circle === null || secrets.invitation === null) return
    redeemInvitation(identity, circle, secrets.invitation).then(() => setDone(true))
  }, [isDone, identity, circle])
  return isDone
}

type Props = { identity: Identity; route: NonNullable<Route>; onLeave(): void }

function SignedIn({ identity, route, onLeave }: Props) {
  const client = useMemo(
    () =>
      identity.by === 'name'
        ? createClient(location.origin, { name: identity.name })
        : createClient(location.origin, { token: () => identity.token, userKey: identity.account }),
    [identity],
  )
  return (
    <IdentityContext value={identity}>
      <CirclesProvider client={client}>
        <Layout route={route} onLeave={onLeave} />
      </CirclesProvider>
    </IdentityContext>
  )
}
