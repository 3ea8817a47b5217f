import { useMemo, useState } from 'react'
import { connect } from '../client/client.ts'
import { CirclesProvider } from '../client/react.ts'
import { Join } from './join.tsx'
import { navigate, pathOf, readRoute, usePath } from './route.ts'
import { Shell } from './shell.tsx'
import { forgetWho, keepWho, recallWho, type Who } from './who.ts'
import { WhoContext } from './who-context.ts'

/** The page: first who you are and where to, then the circle. */
export function App() {
  const [who, setWho] = useState<Who | null>(recallWho)
  const route = readRoute(usePath())

  if (who === null || route === null) {
    const join = (next: Who, circle: string): void => {
      setWho(keepWho(next))
      navigate(pathOf('circle', circle))
    }
    return <Join who={who} circle={route?.kind === 'circle' ? route.name : 'lobby'} onJoin={join} />
  }
  const leave = (): void => {
    forgetWho()
    setWho(null)
    navigate('/')
  }
  return <SignedIn who={who} route={route} onLeave={leave} />
}

function SignedIn({
  who,
  route,
  onLeave,
}: {
  who: Who
  route: NonNullable<ReturnType<typeof readRoute>>
  onLeave(): void
}) {
  const client = useMemo(
    () =>
      who.by === 'name'
        ? connect(location.origin, { name: who.name })
        : connect(location.origin, { token: () => who.token, account: who.account }),
    [who],
  )
  return (
    <WhoContext value={who}>
      <CirclesProvider client={client}>
        <Shell route={route} onLeave={onLeave} />
      </CirclesProvider>
    </WhoContext>
  )
}
