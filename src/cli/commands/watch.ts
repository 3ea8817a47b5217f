import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { canonicalName } from '../../protocol/channels/channels.ts'
import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { readBase } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { ChangePublisher } from '../watch/change-publisher.ts'
import { publishEvents } from '../watch/publish-events.ts'
import { takeLocks } from '../watch/watch-lock.ts'
import { runWatchLoop } from '../watch/watch-loop.ts'
import { loadState, saveState } from '../watch/watch-state.ts'
import { takeBaseline, WorkspaceFolder } from '../watch/workspace-folder.ts'

/** The options of `circles-rooms watch`. */
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
  const { server, terminal } = context
  const workspace = canonicalName(options.workspace)
  if (workspace === null)
    throw new CliError('usage', `"${options.workspace}" is not the name of a workspace. Use one like acme.`)
  const base = readBase(server)
  const onGitFailure = (reason: string) => terminal.err(`Git cannot be read here, so its status is missing: ${reason}.`)
  const folder = await WorkspaceFolder.open(path, options.ignore, onGitFailure)
  const usual = stateFile(base, workspace, folder.root)
  const file = options.state ?? usual
  const lost = new AbortController()
  await using _ = await takeLocks([`${usual}.lock`, `${resolve(file)}.lock`], () => lost.abort())
  const signal = AbortSignal.any([context.signal, lost.signal])
  await publishFolder({ folder, workspace, file, options }, { ...context, signal })
  if (lost.signal.aborted) throw new CliError('refused', 'Another program has taken over this folder.')
}

type WatchTarget = { folder: WorkspaceFolder; workspace: string; file: string; options: WatchOptions }

async function publishFolder({ folder, workspace, file, options }: WatchTarget, context: CommandContext) {
  const { server, terminal, signal } = context
  const state = (await loadState(file)) ?? (await takeBaseline(folder, terminal.progress('reading')))
  const publisher = new ChangePublisher({
    folder,
    state,
    withDiff: options.withDiff ?? false,
    save: state => saveState(file, state),
    publish: batch => publishEvents({ server, workspace, signal, ...warnings(terminal) }, batch),
    onWithheld: (path, reason) => terminal.err(`The diff of ${path} was not sent: ${reason}.`),
  })
  const onPublished = (published: Publication[]) => {
    if (options.json) for (const publication of published) terminal.json(publication)
    else if (published.length > 0) terminal.out(summaryOf(published))
  }
  if (await folder.repository?.isIgnored())
    terminal.err(`Git ignores ${folder.root}. Only files that it tracks there are published.`)
  await saveState(file, state) // the baseline: it is not published later either
  if (options.once) return onPublished(await publisher.publishChanges(null))
  const onReady = () => terminal.err(`Watching ${folder.root} for workspace:${workspace}.`)
  await runWatchLoop({ folder, publisher, onPublished, onReady, signal })
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
