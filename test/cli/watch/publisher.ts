import { ChangePublisher } from '../../../src/cli/watch/change-publisher.ts'
import type { WatchState } from '../../../src/cli/watch/watch-state.ts'
import { takeBaseline, WorkspaceFolder } from '../../../src/cli/watch/workspace-folder.ts'
import type { Publication } from '../../../src/protocol/commands/publish-schema.ts'
import type { TestFolder } from '../fixtures.ts'

const silent = { at: () => {}, end: () => {} }

type Options = { withDiff?: boolean; state?: WatchState; ignore?: string[] }

/** A publisher on a folder, and what it published. */
export async function watchOf(folder: TestFolder, options: Options = {}) {
  const failures: string[] = []
  const workspaceFolder = await WorkspaceFolder.open(folder.root, options.ignore, reason => failures.push(reason))
  const state = options.state ?? (await takeBaseline(workspaceFolder, silent))
  const batches: Publication[][] = []
  const withheld: string[] = []
  const saved: WatchState[] = []
  const network = { up: true }
  const publisher = new ChangePublisher({
    folder: workspaceFolder,
    state,
    withDiff: options.withDiff ?? false,
    save: async state => void saved.push(structuredClone(state)),
    async publish(batch) {
      if (!network.up) throw new Error('offline')
      batches.push(batch)
    },
    onWithheld: (path, reason) => withheld.push(`${path}: ${reason}`),
  })
  return {
    folder: workspaceFolder,
    publisher,
    state,
    batches,
    withheld,
    saved,
    network,
    failures,
    get published() {
      return batches.flat()
    },
    async publish(paths: string[] | null = null) {
      return (await publisher.publishChanges(paths)).map(short)
    },
  }
}

function short(publication: Publication): string {
  if (publication.type !== 'git_status') return `${publication.type} ${publication.data.path}`
  const { branch, staged, changed, untracked, conflicted } = publication.data
  return `git ${branch} ${staged.length}/${changed.length}/${untracked.length}/${conflicted.length}`
}
