import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { canonicalName } from '../../protocol/channels/channels.ts'
import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { readBase } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { ChangePublisher } from '../watch/change-publisher.ts'
import { Repository } from '../watch/git.ts'
import { publishEvents } from '../watch/publish-events.ts'
import { runWatchLoop } from '../watch/watch-loop.ts'
import { loadState, saveState } from '../watch/watch-state.ts'
import { listPaths, openFolder, takeBaseline } from '../watch/workspace-folder.ts'

/** The options of `circles watch`. */
type WatchOptions = {
  workspace: string
  withDiff?: boolean
  ignore?: string[]
  state?: string
  once?: boolean
  json?: boolean
}

/** Publishes the changes in a folder to a workspace: once, or until the signal. */
export async function watchFolder(path: string, options: WatchOptions, context: CommandContext): Promise<void> {
  const { server, terminal, signal } = context
  const workspace = canonicalName(options.workspace)
  if (workspace === null)
    throw new CliError('usage', `"${options.workspace}" is not the name of a workspace. Use one like acme.`)
  const base = readBase(server)
  const folder = await openFolder(path, options.ignore ?? [])
  const file = options.state ?? stateFile(base, workspace, folder.root)
  const state = (await loadState(file)) ?? (await takeBaseline(folder, terminal.progress('reading')))
  const repository = await Repository.at(folder.root)
  const publisher = new ChangePublisher({
    root: folder.root,
    state,
    repository,
    withDiff: options.withDiff ?? false,
    save: state => saveState(file, state),
    publish: batch => publishEvents({ server, workspace, signal, ...warnings(terminal) }, batch),
    onWithheld: (path, reason) => terminal.err(`The diff of ${path} was not sent: ${reason}.`),
  })
  const onPublished = (published: Publication[]) => {
    if (options.json) for (const publication of published) terminal.json(publication)
    else if (published.length > 0) terminal.out(summaryOf(published))
  }
  await saveState(file, state) // the baseline: it is not published later either
  if (options.once) return onPublished(await publisher.publishChanges(await listPaths(folder, state)))
  const onReady = () => terminal.err(`Watching ${folder.root} for workspace:${workspace}.`)
  await runWatchLoop({ folder, state, repository, publisher, onPublished, onReady, signal })
}

function warnings({ err }: Terminal) {
  return {
    onRetry: (reason: string, ms: number) => err(`${reason} Retrying in ${Math.ceil(ms / 1000)} s.`),
    onRefused: ({ type, data }: Publication, reason: string) =>
      err(`The server refused ${type}${'path' in data ? ` ${data.path}` : ''}: ${reason}.`),
  }
}

/** The state file of a folder and the workspace that it is published to; it is outside the folder. */
function stateFile(base: string, workspace: string, root: string): string {
  const folder = process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state')
  const key = createHash('sha256').update([base, workspace, root].join('\n')).digest('hex').slice(0, 16)
  return join(folder, 'circles', `${workspace}-${key}.json`)
}

const signs = { file_created: '+', file_changed: '~', file_deleted: '-' } as const

function summaryOf(published: readonly Publication[]): string {
  const files = published.flatMap(publication => (publication.type === 'git_status' ? [] : [publication]))
  const git = published.flatMap(publication => (publication.type === 'git_status' ? [publication.data] : []))
  return [
    ...files.slice(0, 3).map(({ type, data }) => `${signs[type]} ${data.path}`),
    ...(files.length > 3 ? [`and ${files.length - 3} more`] : []),
    ...git.map(({ branch, head }) => `git: ${branch ?? 'no branch'} at ${head?.slice(0, 7) ?? 'no commit'}`),
  ].join(', ')
}
