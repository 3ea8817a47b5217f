import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'

/** How a working tree stands, by the last that was told of it. */
export function GitStatus({ channel }: { channel: Channel }) {
  const entries = useChannel(channel, state => state.entries)
  const last = entries.findLast(({ event }) => event.type === 'git_status')?.event
  if (last?.type !== 'git_status') return <p className="soft">Nothing is known of its branches yet.</p>
  const { branch, head, upstream, ahead, behind, staged, changed, untracked, conflicted } = last.data
  const groups = [
    ['In conflict', conflicted],
    ['Staged', staged],
    ['Changed', changed],
    ['New', untracked],
  ] as const
  return (
    <div className="git">
      <h2>{branch ?? 'No branch'}</h2>
      <p className="soft">
        {head === null ? 'No commit yet' : <code>{head.slice(0, 9)}</code>}
        {upstream === undefined ? '' : `, ${ahead} ahead and ${behind} behind ${upstream}`}
      </p>
      {groups.map(([title, paths]) =>
        paths.length === 0 ? null : (
          <section key={title}>
            <h3>
              {title} <span className="count">{paths.length}</span>
            </h3>
            <ul>
              {paths.map(path => (
                <li key={path}>
                  <code>{path}</code>
                </li>
              ))}
            </ul>
          </section>
        ),
      )}
    </div>
  )
}
