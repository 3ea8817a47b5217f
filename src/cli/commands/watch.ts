import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { canonicalName } from '../../protocol/channels.ts'
import type { Publication } from '../../protocol/publish-schema.ts'
import { type ApiTarget, readBase } from '../api-client.ts'
import { CliError } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'
import { ChangePublisher } from '../watch/change-publisher.ts'
import { Repository } from '../watch/git.ts'
import { publishEvents } from '../watch/publish-events.ts'
import { runWatchLoop } from '../watch/watch-loop.ts'
import { loadState, saveState } from '../watch/watch-state.ts'
import { listPaths, openFolder, takeBaseline } from '../watch/workspace-folder.ts'

export type WatchOptions = {
  workspace: string
  withDiff?: boolean
  ignore?: string[]
  state?: string
  once?: boolean
  json?: boolean
}

type Around = { server: ApiTarget; terminal: Terminal; signal: AbortSignal }

/** Tells a workspace of what happens to a folder, until it is stopped. */
export async function watchFolder(path: string, options: WatchOptions, context: Around): Promise<void> {
  const { server, terminal, signal } = context
  const workspace = canonicalName(options.workspace)
  if (workspace === null) throw new CliError('usage', `"${options.workspace}" is no name of a workspace: try acme.`)
  const base = readBase(server)
  const folder = await openFolder(path, options.ignore ?? [])
  const file = options.state ?? stateFile(base, workspace, folder.root)
  const memory = (await loadState(file)) ?? (await takeBaseline(folder, terminal.progress('reading')))
  const repository = await Repository.at(folder.root)
  const teller = new ChangePublisher({
    root: folder.root,
    memory,
    repository,
    withDiff: options.withDiff ?? false,
    save: memory => saveState(file, memory),
    publish: batch => publishEvents({ server, workspace, signal, ...complaints(terminal) }, batch),
    withheld: (path, why) => terminal.say(`${path}: its diff is not told (${why})`),
  })
  const told = (publications: Publication[]) => {
    if (options.json) for (const publication of publications) terminal.out(JSON.stringify(publication))
    else if (publications.length > 0) terminal.out(summary(publications))
  }
  await saveState(file, memory) // what was there before we began is not told later either
  if (options.once) return told(await teller.tell(await listPaths(folder, memory)))
  const watching = () => terminal.say(`watching ${folder.root} for workspace:${workspace}`)
  await runWatchLoop({ folder, memory, repository, teller, told, watching, signal })
}

function complaints({ say }: Terminal) {
  return {
    waits: (why: string, ms: number) => say(`${why} Trying again in ${Math.ceil(ms / 1000)} s.`),
    refused: ({ type, data }: Publication, why: string) =>
      say(`not taken: ${type}${'path' in data ? ` ${data.path}` : ''} (${why})`),
  }
}

/** One file for each folder and the place it is told of, out of the folder itself. */
function stateFile(base: string, workspace: string, root: string): string {
  const folder = process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state')
  const key = createHash('sha256').update([base, workspace, root].join('\n')).digest('hex').slice(0, 16)
  return join(folder, 'circles', `${workspace}-${key}.json`)
}

const signs = { file_created: '+', file_changed: '~', file_deleted: '-' } as const

function summary(told: readonly Publication[]): string {
  const files = told.flatMap(publication => (publication.type === 'git_status' ? [] : [publication]))
  const git = told.flatMap(publication => (publication.type === 'git_status' ? [publication.data] : []))
  return [
    ...files.slice(0, 3).map(({ type, data }) => `${signs[type]} ${data.path}`),
    ...(files.length > 3 ? [`and ${files.length - 3} more`] : []),
    ...git.map(({ branch, head }) => `git: ${branch ?? 'no branch'} at ${head?.slice(0, 7) ?? 'no commit'}`),
  ].join(', ')
}
