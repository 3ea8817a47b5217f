import { type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { createClient } from '../client/create-client.ts'
import { CirclesProvider } from '../client/react.ts'
import { InboxContext, useOpenInbox } from './inbox/use-inbox.ts'
import { Join } from './layout/join.tsx'
import { Layout } from './layout/layout.tsx'
import { loadOnDemand } from './layout/load-on-demand.ts'
import { pageHost } from './layout/page-host.ts'
import { isPrivateChat } from './lib/kinds.ts'
import { storageKeys } from './lib/storage.ts'
import {
  type Identity,
  IdentityContext,
  identityFor,
  leaveAs,
  loadIdentity,
  onLeaveElsewhere,
  personOf,
  SignInAgain,
  saveIdentity,
} from './nav/identity.ts'
import { agentAt, channelPath, isConversation, navigate, parseRoute, type Route, usePath } from './nav/route.ts'
import { reloadForSecrets, takeSecretsFromHash } from './nav/url-secrets.ts'
import { unsubscribeOnLeave } from './notify/leave.ts'
import { useNotifications } from './notify/use-notifications.ts'
import { HostProvider } from './ui/host.ts'
import { part } from './words/part.ts'
import { t } from './words/words.ts'

const secrets = takeSecretsFromHash()
reloadForSecrets()

// Loaded only when they are opened: few readers operate the server.
const OwnerForm = part(loadOnDemand, 'OwnerForm')
const StatsPage = part(() => import('./stats/stats-page.tsx'), 'StatsPage')

const NoPage = part(loadOnDemand, 'NoPage')
const BeginChat = part(loadOnDemand, 'BeginChat')
const TokenQuestion = part(loadOnDemand, 'TokenQuestion')
const InvitationQuestion = part(loadOnDemand, 'InvitationQuestion')

/** The whole page: the join form, the statistics, or a channel. */
export function App() {
  const { identity, question, enter, leave } = useReader()
  const path = usePath()
  const route = parseRoute(path)
  const agent = agentAt(path)
  const [isAccepted, setAccepted] = useState(false) // whoever enters a name to follow an invitation has said yes to it
  const invitation = useInvitation(identity, route, isAccepted)
  const [ownerCode, setOwnerCode] = useState(secrets.owner)
  const [isJoining, setJoining] = useState(false) // again, because the token has ended

  if (ownerCode !== null) {
    const done = (next: Identity | null): void => {
      setOwnerCode(null)
      if (next !== null) enter(next)
      if (route === null) navigate(channelPath('circle', 'lobby'))
    }
    return (
      <Suspense>
        <OwnerForm
          code={ownerCode}
          name={identity?.by === 'name' ? identity.name : ''}
          onEnter={done}
          onSkip={() => setOwnerCode(null)}
        />
      </Suspense>
    )
  }
  if (question !== null) return question
  if (path === '/stats') {
    return (
      <Suspense>
        <StatsPage identity={identity} />
      </Suspense>
    )
  }
  if (route === null && agent === null && path !== '/')
    return (
      <Suspense>
        <NoPage />
      </Suspense>
    )
  if (identity === null || isJoining || route === null) {
    const join = (next: Identity, circle: string | null): void => {
      if (identity !== null && personOf(next) !== personOf(identity)) leaveAs(identity)
      enter(next)
      setJoining(false)
      const isHere = route !== null && isConversation(route.kind) && route.name === circle
      setAccepted(isHere && invitedNote(route) !== null)
      if (circle !== null && !isHere) navigate(channelPath('circle', circle)) // else the address may name one of its documents
    }
    if (identity !== null && agent !== null) {
      return (
        <Suspense>
          <BeginChat identity={identity} agent={agent} />
        </Suspense>
      )
    }
    if (identity !== null && route === null) return <LastCircle />
    return (
      <Join
        identity={identity}
        circle={circleToJoin(route, agent)}
        note={isJoining ? t('page.signInNote') : invitedNote(route)}
        onJoin={join}
      />
    )
  }
  if (invitation !== null) return invitation
  return (
    <SignInAgain value={() => setJoining(true)}>
      <SignedIn key={JSON.stringify(identity)} identity={identity} route={route} onLeave={leave} />
    </SignInAgain>
  )
}

/** What somebody is told who follows an invitation and has no name yet. */
function invitedNote(route: Route): string | null {
  if (secrets.invitation === null || route === null || !isConversation(route.kind)) return null
  return t('join.invited', { circle: route.name })
}

/** The circle that the join form proposes; null: a private chat has no name that could be entered. */
function circleToJoin(route: Route, agent: string | null): string | null {
  if (agent !== null || (route !== null && isPrivateChat(`${route.kind}:${route.name}`))) return null
  return route !== null && isConversation(route.kind) ? route.name : 'lobby'
}

/** Goes to the circle in which the reader was last. */
function LastCircle() {
  useEffect(() => {
    navigate(channelPath('circle', localStorage.getItem(storageKeys.last) ?? 'lobby'), { replace: true })
  }, [])
  return <main className="join" aria-busy="true" />
}

/** Returns the reader's identity, functions that change it, and what is asked if the address holds another one. */
function useReader() {
  const [{ identity, offered }, setReader] = useState(() => {
    const found = identityFor(loadIdentity(), secrets.token)
    if (found.identity !== null) saveIdentity(found.identity)
    return found
  })
  const enter = (next: Identity | null): void => setReader({ identity: next && saveIdentity(next), offered: null })
  const leave = (): void => {
    leaveAs(identity)
    enter(null)
    navigate('/')
  }
  const question =
    identity === null || offered === null ? null : (
      <Suspense>
        <TokenQuestion offered={offered} identity={identity} onAnswer={enter} />
      </Suspense>
    )
  return { identity, question, enter, leave }
}

/** Returns what is asked before the invitation in the address is used, or null once there is nothing to wait for. */
function useInvitation(identity: Identity | null, route: Route, isAccepted: boolean): ReactNode {
  const [code, setCode] = useState(secrets.invitation)
  const circle = route !== null && isConversation(route.kind) ? route.name : null
  if (identity === null || circle === null || code === null) return null
  return (
    <Suspense>
      <InvitationQuestion
        identity={identity}
        circle={circle}
        code={code}
        isAccepted={isAccepted}
        onDone={() => setCode(null)}
      />
    </Suspense>
  )
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
  const inbox = useOpenInbox(identity)
  useNotifications(identity, client, inbox)
  const leave = useCallback((): void => {
    unsubscribeOnLeave(identity)
    client.disconnect() // it stores what it was sending, and nothing after that: now all of it can be forgotten
    onLeave()
  }, [client, identity, onLeave])
  useEffect(() => onLeaveElsewhere(identity, leave), [identity, leave])
  return (
    <IdentityContext value={identity}>
      <CirclesProvider client={client}>
        <InboxContext value={inbox}>
          <HostProvider value={pageHost}>
            <Layout route={route} onLeave={leave} />
          </HostProvider>
        </InboxContext>
      </CirclesProvider>
    </IdentityContext>
  )
}
