import { type FormEvent, useEffect, useRef, useState } from 'react'
import { fetchPolicy, type Policy } from '../lib/api.ts'
import { type Identity, identityByToken } from '../nav/identity.ts'
import { canonicalName } from '../nav/route.ts'
import { Problem } from './problem.tsx'

type Props = { identity: Identity | null; circle: string; onJoin(identity: Identity, circle: string): void }

/** The form for a name (or a token, if the server wants one) and a circle. */
export function Join({ identity, circle, onJoin }: Props) {
  const [policy, setPolicy] = useState<Policy | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    fetchPolicy().then(setPolicy)
  }, [])

  /** Joins, or returns a sentence about what is wrong. */
  const join = (form: FormData): string | null => {
    const name = canonicalName(String(form.get('circle')))
    if (name === null) return 'The name of a circle consists of letters, digits, dots and dashes: dev-team'
    const text = String(form.get('token') ?? form.get('name')).trim()
    const next: Identity | null = policy === 'token' ? identityByToken(text) : { by: 'name', name: text }
    if (next === null) return 'This is not a token. A token has three parts with dots between them.'
    onJoin(next, name)
    return null
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setProblem(join(new FormData(event.currentTarget)))
  }

  return (
    <main className="join">
      <form onSubmit={onSubmit}>
        <h1>
          <img src="/icon.svg" alt="" width="28" height="28" /> Circles
        </h1>
        <Problem>{typeof policy === 'object' && policy !== null ? policy.problem : null}</Problem>
        {policy === 'token' ? (
          <label>
            Token
            <textarea name="token" required rows={4} spellCheck={false} autoComplete="off" />
            <small>Ask the person who runs this server for one. It is stored in this browser only.</small>
          </label>
        ) : (
          <label>
            Your name
            <input
              name="name"
              required
              maxLength={64}
              defaultValue={identity?.by === 'name' ? identity.name : ''}
              ref={field}
              autoComplete="nickname"
            />
          </label>
        )}
        <label>
          Circle
          <input name="circle" required maxLength={64} defaultValue={circle} autoCapitalize="none" spellCheck={false} />
        </label>
        <Problem>{problem}</Problem>
        <button type="submit" className="primary">
          Join
        </button>
      </form>
    </main>
  )
}
