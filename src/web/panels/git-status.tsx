import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { t } from '../words/words.ts'

/** The Git status of a workspace, from the last `git_status` event that is loaded. */
export function GitStatus({ channel }: { channel: Channel }) {
  const entries = useChannel(channel, state => state.entries)
  const last = entries.findLast(({ event }) => event.type === 'git_status')?.event
  if (last?.type !== 'git_status') return <p className="soft">{t('git.none')}</p>
  const { branch, head, upstream, ahead, behind, staged, changed, untracked, conflicted } = last.data
  const groups = [
    [t('git.conflicted'), conflicted],
    [t('git.staged'), staged],
    [t('git.changed'), changed],
    [t('git.untracked'), untracked],
  ] as const
  return (
    <div className="git">
      <h2>{branch ?? t('event.noBranch')}</h2>
      <p className="soft">
        {head === null ? t('git.noCommits') : <code>{head.slice(0, 9)}</code>}
        {upstream === undefined ? '' : t('git.upstream', { ahead, behind, upstream })}
      </p>
      {groups.map(([title, paths]) => (
        <PathGroup key={title} title={title} paths={paths} />
      ))}
    </div>
  )
}

function PathGroup({ title, paths }: { title: string; paths: readonly string[] }) {
  if (paths.length === 0) return null
  return (
    <section>
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
  )
}
