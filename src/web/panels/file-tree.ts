import type { Entry } from '../../client/client.ts'

/** A file that something was told of, with its latest changes, the newest first. */
export type FileNode = { kind: 'file'; name: string; path: string; isDeleted: boolean; changes: readonly Entry[] }

/** A folder; `name` joins those that hold nothing but the next one: `src/web`. `count`: the files below it. */
export type FolderNode = { kind: 'folder'; name: string; path: string; count: number; children: readonly TreeNode[] }

/** A node of the tree. */
export type TreeNode = FileNode | FolderNode

const maxFiles = 2_000 // those that changed last
const maxChanges = 10 // of one file

/** The files that a workspace's events name, as a tree: folders first, each by name. */
export function fileTree(entries: readonly Entry[]): readonly TreeNode[] {
  return folderOf('', '', [...filesOf(entries).values()]).children
}

/** The number of files in a tree. */
export const fileCount = (nodes: readonly TreeNode[]): number =>
  nodes.reduce((sum, node) => sum + (node.kind === 'file' ? 1 : node.count), 0)

function filesOf(entries: readonly Entry[]): Map<string, FileNode> {
  const files = new Map<string, FileNode & { changes: Entry[] }>()
  for (const entry of entries.toReversed()) {
    const { type, data } = entry.event
    if (!type.startsWith('file_') || !('path' in data) || typeof data.path !== 'string') continue
    const { path } = data
    const known = files.get(path)
    if (known !== undefined) {
      if (known.changes.length < maxChanges) known.changes.push(entry)
    } else if (files.size < maxFiles) {
      const name = path.slice(path.lastIndexOf('/') + 1)
      files.set(path, { kind: 'file', name, path, isDeleted: type === 'file_deleted', changes: [entry] })
    }
  }
  return files
}

/** The folder of this path, of files below it. */
function folderOf(name: string, path: string, files: readonly FileNode[]): FolderNode {
  const own: FileNode[] = []
  const below = new Map<string, FileNode[]>()
  for (const file of files) {
    const rest = path === '' ? file.path : file.path.slice(path.length + 1)
    const end = rest.indexOf('/')
    if (end < 0) own.push(file)
    else {
      const inside = below.get(rest.slice(0, end))
      if (inside === undefined) below.set(rest.slice(0, end), [file])
      else inside.push(file)
    }
  }
  const folders = [...below].map(([child, inside]) =>
    merged(folderOf(child, path === '' ? child : `${path}/${child}`, inside)),
  )
  const children = [...folders.toSorted(byName), ...own.toSorted(byName)]
  return { kind: 'folder', name, path, count: files.length, children }
}

/** A folder that holds one folder alone is shown as one with it. */
function merged(folder: FolderNode): FolderNode {
  const [only, ...others] = folder.children
  return only?.kind === 'folder' && others.length === 0 ? { ...only, name: `${folder.name}/${only.name}` } : folder
}

const { compare } = new Intl.Collator(undefined, { numeric: true })
const byName = (a: TreeNode, b: TreeNode): number => compare(a.name, b.name)
