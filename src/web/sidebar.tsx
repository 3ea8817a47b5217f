import { useCircle, useUnread } from '../client/react.ts'
import { Link } from './link.tsx'
import { forgetCircle, useRecentCircles } from './recent.ts'
import { canonicalName, navigate, pathOf, type Route } from './route.ts'
import { ThemeSwitch } from './theme.tsx'
import { useWho } from './who-context.ts'

/** The circles on the left: where you have been, and a field to go anywhere. */
export function Sidebar({ current, onLeave }: { current: NonNullable<Route>; onLeave(): void }) {
  const names = useRecentCircles()
  const who = useWho()
  const go = (form: FormData): void => {
    const name = canonicalName(String(form.get('circle')))
    if (name !== null) navigate(pathOf('circle', name))
  }
  return (
    <nav className="sidebar" aria-label="Circles">
      <form action={go} className="jump">
        <input
          id="jump"
          name="circle"
          aria-label="Go to a circle, or make one"
          placeholder="Go to a circle"
          title="Press / to come here"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
        />
      </form>
      <ul>
        {names.map(name => (
          <Place key={name} name={name} isCurrent={current.kind === 'circle' && current.name === name} />
        ))}
      </ul>
      <div className="me">
        <span className="name" title={who.by === 'name' ? 'You are here as a guest' : 'Signed in with a token'}>
          {who.by === 'name' ? who.name : who.account}
        </span>
        <ThemeSwitch />
        <button type="button" onClick={onLeave}>
          Leave
        </button>
      </div>
    </nav>
  )
}

function Place({ name, isCurrent }: { name: string; isCurrent: boolean }) {
  const { count, mentions } = useUnread(useCircle(name))
  return (
    <li>
      <Link
        href={pathOf('circle', name)}
        aria-current={isCurrent ? 'page' : undefined}
        data-unread={count > 0 || undefined}
      >
        <span className="name">{name}</span>
        {count > 0 ? (
          <span className="count" data-mentions={mentions > 0 || undefined}>
            {count > 99 ? '99+' : count}
            <span className="hidden">{mentions > 0 ? ` unread, ${mentions} for you` : ' unread'}</span>
          </span>
        ) : null}
      </Link>
      {isCurrent ? null : (
        <button
          type="button"
          className="quiet"
          aria-label={`Take ${name} off the list`}
          onClick={() => forgetCircle(name)}
        >
          ×
        </button>
      )}
    </li>
  )
}
