import { type Dirent, promises } from 'node:fs'
import { join } from 'node:path'
import { Repository } from './git.ts'
import { IgnoreRules } from './ignore-rules.ts'
import { PatternRules } from './pattern-rules.ts'

/** Lists the files of a folder: in a repository what git lists, elsewhere what no rule ignores. */
export async function readTree(
  root: string,
  patterns: readonly string[],
  repository?: Repository | null, // looked for if absent
): Promise<{ paths: string[] }> {
  const git = repository === undefined ? await Repository.at(root) : repository
  const listed = (await git?.files()) ?? null
  if (git === null || listed === null) return walk(root, patterns)
  const rules = new PatternRules(patterns, git.ignoresCase)
  return { paths: listed.flatMap(({ path, isTracked }) => (rules.ignores(path, isTracked) ? [] : [path])) }
}

/** Those of `paths` that are among the files of a folder. */
export async function selectListed(
  root: string,
  patterns: readonly string[],
  paths: readonly string[],
  repository: Repository | null,
): Promise<Set<string>> {
  if (repository !== null) return new Set((await readTree(root, patterns, repository)).paths)
  const rules = await IgnoreRules.open(root, patterns)
  const entered = new Set<string>()
  for (const path of paths) {
    for (const folder of foldersOf(path)) {
      if (!entered.has(folder)) await rules.enter(folder)
      entered.add(folder)
    }
  }
  return new Set(paths.filter(path => !rules.ignores(path)))
}

/** The folders that a path is in: for `a/b/c`, '', `a` and `a/b`. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, depth) => parts.slice(0, depth).join('/'))
}

/** Lists the files that no rule ignores. Returns the rules that it read on the way, too. */
export async function walk(
  root: string,
  patterns: readonly string[],
): Promise<{ paths: string[]; rules: IgnoreRules }> {
  const rules = await IgnoreRules.open(root, patterns)
  const paths: string[] = []
  const enter = async (folder: string): Promise<void> => {
    await rules.enter(folder)
    for (const entry of await entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !rules.ignores(`${path}/`)) await enter(path)
      else if (entry.isFile() && !rules.ignores(path)) paths.push(path)
    }
  }
  await enter('')
  return { paths, rules }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await promises.readdir(folder, { withFileTypes: true })
  } catch {
    return [] // it has gone meanwhile, or cannot be read
  }
}
