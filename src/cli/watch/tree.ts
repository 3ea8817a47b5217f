import { type Dirent, promises } from 'node:fs'
import { join } from 'node:path'
import { isGone } from './fingerprint.ts'
import { IgnoreRules } from './ignore-rules.ts'

/** Lists the files below a folder that are not ignored. Returns the rules that it read on the way, too. */
export async function readTree(
  root: string,
  patterns: readonly string[],
): Promise<{ paths: string[]; rules: IgnoreRules }> {
  const rules = new IgnoreRules(root, patterns)
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
  } catch (error) {
    if (isGone(error)) return [] // it has gone meanwhile
    throw error
  }
}
