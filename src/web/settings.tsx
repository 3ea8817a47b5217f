import { type FormEvent, useState } from 'react'
import type { Channel } from '../client/client.ts'
import { useAgents, useChannel } from '../client/react.ts'
import { CloseIcon } from './icons.tsx'
import type { View } from './view.ts'

/** What a circle is like. Its owner may change it; everybody may look. */
export function Settings({ channel, view }: { channel: Channel; view: View }) {
  const circle = useChannel(channel, state => state.circle)
  const isOwner = useChannel(channel, state => state.me?.role === 'owner')
  const agents = useAgents(channel)
  const [outcome, setOutcome] = useState<string | null>(null)
  if (circle === null) return null

  const save = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name))
    const rules = text('rules').trim()
    const changed = channel.configure({
      title: text('title'),
      default_agent: text('default_agent') || null,
      status: text('status') as typeof circle.status,
      visibility: text('visibility') as typeof circle.visibility,
      ...(rules !== '' && { rules: readRules(rules) }),
    })
    changed.then(
      () => setOutcome('Saved.'),
      error => setOutcome(error.message),
    )
  }
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
      <form className="settings" onSubmit={save}>
        <fieldset disabled={!isOwner}>
          {isOwner ? null : <p className="soft">The owner of the circle may change these.</p>}
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
            Rules, one a line: words, then an agent
            <textarea name="rules" rows={3} placeholder={'deploy * -> owl\n/^why/i -> pickle'} spellCheck={false} />
            <small>Lines that match wake the agent. Empty: the rules stay as they are.</small>
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
    </aside>
  )
}

function readRules(text: string): { match: string; agent: string }[] {
  return text.split('\n').flatMap(line => {
    const [, match, agent] = /^(.+?)\s*->\s*@?([a-z0-9_-]+)\s*$/.exec(line.trim()) ?? []
    return match !== undefined && agent !== undefined ? [{ match, agent }] : []
  })
}
