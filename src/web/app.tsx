import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { createClient } from '../client/client.ts'
import { CirclesProvider } from '../client/react.ts'
import { InboxContext, useOpenInbox } from './inbox/use-inbox.ts'
import { Join } from './layout/join.tsx'
import { Layout } from './layout/layout.tsx'
import { LinkQuestion } from './layout/link-question.tsx'
import { NoPage } from './layout/no-page.tsx'
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
import { redeemInvitation } from './nav/invitation.ts'
import { channelPath, isConversation, navigate, parseRoute, type Route, usePath } from './nav/route.ts'
import { takeSecretsFromHash } from './nav/url-secrets.ts'
import { displayId } from './people/confusable-names.ts'

const secrets = takeSecretsFromHash()

// Loaded only when they are opened: few readers operate the server.
const OwnerForm = lazy(() => import('./layout/owner-form.tsx').then(({ OwnerForm }) => ({ default: OwnerForm })))
const StatsPage = lazy(() => import('./stats/stats-page.tsx').then(({ StatsPage }) => ({ default: StatsPage })))

/** The whole page: the join form, the statistics, or a channel. */
export function App() {
  const { identity, question, enter, leave } = useReader()
  const path = usePath()
  const route = parseRoute(path)
  const invitation = useInvitation(identity, route)
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
  if (route === null && path !== '/') return <NoPage />
  if (identity === null || isJoining || route === null) {
    const join = (next: Identity, circle: string): void => {
      if (identity !== null && personOf(next) !== personOf(identity)) leaveAs(identity)
      enter(next)
      setJoining(false)
      navigate(channelPath('circle', circle))
    }
    if (identity !== null && route === null) return <LastCircle />
    return (
      <Join
        identity={identity}
        circle={route !== null && isConversation(route.kind) ? route.name : 'lobby'}
        note={isJoining ? 'Sign in again. What you have written is kept.' : null}
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
      <LinkQuestion
        title={<>Continue as {displayId(personOf(offered))}?</>}
        yes={`Continue as ${displayId(personOf(offered))}`}
        no={`Stay ${displayId(personOf(identity))}`}
        onYes={() => enter(offered)}
        onNo={() => enter(identity)}
      >
        The link that you opened signs you in with a token of {displayId(personOf(offered))}. In this browser you are{' '}
        {displayId(personOf(identity))}.
      </LinkQuestion>
    )
  return { identity, question, enter, leave }
}

/** Returns what is asked before the invitation in the address is used, or null once there is nothing to wait for. */
function useInvitation(identity: Identity | null, route: Route): ReactNode {
  const [state, setState] = useState<'asking' | 'sending' | 'done'>(secrets.invitation === null ? 'done' : 'asking')
  const [problem, setProblem] = useState<string | null>(null)
  const circle = route !== null && isConversation(route.kind) ? route.name : null
  if (problem !== null) {
    return (
      <LinkQuestion title="The invitation did not work" yes="Continue" onYes={() => setProblem(null)}>
        {problem} Ask whoever sent it for another one.
      </LinkQuestion>
    )
  }
  if (identity === null || circle === null || secrets.invitation === null || state === 'done') return null
  const { invitation } = secrets
  const accept = (): void => {
    setState('sending')
    void redeemInvitation(identity, circle, invitation).then(refused => {
      setProblem(refused)
      setState('done')
    })
  }
  if (state === 'sending') return <main className="join" aria-busy="true" />
  return (
    <LinkQuestion
      title={`Join ${circle}?`}
      yes="Accept the invitation"
      no="Not now"
      onYes={accept}
      onNo={() => setState('done')}
    >
      The link that you opened is an invitation to the circle {circle}. You join it as {displayId(personOf(identity))}.
    </LinkQuestion>
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
  const leave = useCallback((): void => {
    client.disconnect() // it stores what it was sending, and nothing after that: now all of it can be forgotten
    onLeave()
  }, [client, onLeave])
  useEffect(() => onLeaveElsewhere(identity, leave), [identity, leave])
  return (
    <IdentityContext value={identity}>
      <CirclesProvider client={client}>
        <InboxContext value={inbox}>
          <Layout route={route} onLeave={leave} />
        </InboxContext>
      </CirclesProvider>
    </IdentityContext>
  )
}
