import { type FormEvent, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useAgents, useChannel } from '../../client/react.ts'
import type { CircleDescription } from '../../protocol/circles.ts'
import type { PageState } from '../layout/page-state.ts'
import { request } from '../lib/api.ts'
import { CloseIcon } from '../lib/icons.tsx'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity-context.ts'
import { forgetCircle } from '../nav/recent-circles.ts'
import { navigate } from '../nav/route.ts'
import { Invite } from '../people/invite.tsx'
import { Members } from '../people/members.tsx'
import { CostSummary } from './cost-summary.tsx'
import { formatRules, parseRules } from './routing-rules-text.ts'

/** What a circle is like and who may be in it. Its owner may change that; everybody may look. */
export function Settings({ channel, view }: { channel: Channel; view: PageState }) {
  const name = channel.name.slice('circle:'.length)
  const isOwner = useChannel(channel, state => state.self?.role === 'owner')
  const exists = useChannel(channel, state => state.circle !== null) // from the first visit on
  return (
    <aside className="panel" aria-label="Settings">
      <header>
        <h2>Settings</h2>
        <button
          type="button"
          onClick={() => view.show({ kind: 'people' })}
          aria-label="Close the settings"
          title="Close (Esc)"
        >
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="panel-scroll settings" aria-label="All settings" tabIndex={0}>
        {exists ? <Properties channel={channel} name={name} isOwner={isOwner} /> : null}
        {isOwner ? <Invite name={name} /> : null}
        {isOwner && exists ? <CostSummary name={name} /> : null}
        {exists ? <Members name={name} mayChange={isOwner} /> : null}
        {isOwner ? <Delete name={name} /> : null}
      </section>
    </aside>
  )
}

function Properties({ channel, name, isOwner }: { channel: Channel; name: string; isOwner: boolean }) {
  const { value: circle } = useRequest<CircleDescription>(`/api/circles/${name}`)
  const agents = useAgents(channel)
  const [outcome, setOutcome] = useState<string | null>(null)
  if (circle === null) return null
  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name))
    const saved = channel.configure({
      title: text('title'),
      default_agent: text('default_agent') || null,
      rules: parseRules(text('rules')),
      visibility: text('visibility') === 'private' ? 'private' : 'public',
      status: statuses.find(status => status === text('status')) ?? 'active',
    })
    saved.then(
      () => setOutcome('Saved.'),
      error => setOutcome(error.message),
    )
  }
  return (
    <form onSubmit={save}>
      <fieldset disabled={!isOwner}>
        {isOwner ? null : <p className="soft">Its owner may change this circle.</p>}
        <label>
          Title
          <input name="title" maxLength={200} defaultValue={circle.title} />
        </label>
        <label>
          Who answers by itself
          <select name="default_agent" defaultValue={circle.default_agent ?? ''}>
            <option value="">Nobody, only when mentioned</option>
            {agents.map(({ id, name }) => (
              <option key={id} value={id}>
                {name} (@{id})
              </option>
            ))}
          </select>
        </label>
        <label>
          Rules, one a line: what a line says, and which agent it wakes
          <textarea
            name="rules"
            rows={3}
            defaultValue={formatRules(circle.rules)}
            placeholder={'deploy * -> owl\n/^why/i -> pickle'}
            spellCheck={false}
          />
        </label>
        <label>
          Who may come
          <select name="visibility" defaultValue={circle.visibility}>
            <option value="public">Everybody who may use this server</option>
            <option value="private">Only members</option>
          </select>
        </label>
        <label>
          State
          <select name="status" defaultValue={circle.status}>
            <option value="active">Active</option>
            <option value="paused">Paused: agents rest</option>
            <option value="archived">Archived: to be read only</option>
          </select>
        </label>
        {isOwner ? (
          <button type="submit" className="primary">
            Save
          </button>
        ) : null}
      </fieldset>
      <p className="notice" role="status">
        {outcome}
      </p>
    </form>
  )
}

const statuses = ['active', 'paused', 'archived'] as const

/** Takes a circle away for everybody, once its name was written out. */
function Delete({ name }: { name: string }) {
  const who = useIdentity()
  const [written, setWritten] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const remove = async (): Promise<void> => {
    try {
      await request(who, `/api/circles/${name}?confirm=${name}`, { method: 'DELETE' })
      forgetCircle(name)
      navigate('/c/lobby')
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'It could not be deleted.')
    }
  }
  return (
    <form action={remove} className="row">
      <label>
        Delete it for everybody: write {name}
        <input value={written} onChange={event => setWritten(event.target.value)} autoComplete="off" />
      </label>
      <button type="submit" className="outline" disabled={written !== name}>
        Delete
      </button>
      {problem === null ? null : <p className="problem">{problem}</p>}
    </form>
  )
}
