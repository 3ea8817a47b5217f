import { type FormEvent, useEffect, useRef, useState } from 'react'
import { fetchPolicy, type Policy } from '../lib/api.ts'
import { type Identity, identityByToken } from '../nav/identity.ts'
import { canonicalName } from '../nav/route.ts'

/** The first thing anybody sees: who are you, and where to? */
export function Join({
  who,
  circle,
  onJoin,
}: {
  who: Identity | null
  circle: string
  onJoin(who: Identity, circle: string): void
}) {
  const [policy, setPolicy] = useState<Policy | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    fetchPolicy().then(setPolicy)
  }, [])

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setProblem(join(new FormData(event.currentTarget)))
  }

  /** Joins, or says what is wrong. */
  const join = (form: FormData): string | null => {
    const name = canonicalName(String(form.get('circle')))
    if (name === null) return 'A circle’s name has letters, digits, dots and dashes: dev-team'
    const given = String(form.get('token') ?? form.get('name')).trim()
    const next: Identity | null = policy === 'token' ? identityByToken(given) : { by: 'name', name: given }
    if (next === null) return 'This is no token. It has three parts with dots between them.'
    onJoin(next, name)
    return null
  }

  return (
    <main className="join">
      <form onSubmit={submit}>
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Circles
        </h1>
        {typeof policy === 'object' && policy !== null ? (
          <p className="problem" role="alert">
            {policy.problem}
          </p>
        ) : null}
        {policy === 'token' ? (
          <label>
            Token
            <textarea name="token" required rows={4} spellCheck={false} autoComplete="off" />
            <small>Ask whoever runs this server for one. It stays in this browser.</small>
          </label>
        ) : (
          <label>
            Your name
            <input
              name="name"
              required
              maxLength={64}
              defaultValue={who?.by === 'name' ? who.name : ''}
              ref={field}
              autoComplete="nickname"
            />
          </label>
        )}
        <label>
          Circle
          <input name="circle" required maxLength={64} defaultValue={circle} autoCapitalize="none" spellCheck={false} />
        </label>
        {problem !== null ? (
          <p className="problem" role="alert">
            {problem}
          </p>
        ) : null}
        <button type="submit" className="primary">
          Join
        </button>
      </form>
    </main>
  )
}
