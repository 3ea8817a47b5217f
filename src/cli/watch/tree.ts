import { type Dirent, promises } from 'node:fs'
import { join } from 'node:path'
import { isGone } from './fingerprint.ts'
import { IgnoreRules } from './ignore-rules.ts'

/** Every file below a folder that is told of, and the rules that were read on the way. */
export async function readTree(
  root: string,
  patterns: readonly string[],
): Promise<{ paths: string[]; ignored: IgnoreRules }> {
  const ignored = new IgnoreRules(root, patterns)
  const paths: string[] = []
  const enter = async (folder: string): Promise<void> => {
    await ignored.enter(folder)
    for (const entry of await entriesOf(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && !ignored.has(`${path}/`)) await enter(path)
      else if (entry.isFile() && !ignored.has(path)) paths.push(path)
    }
  }
  await enter('')
  return { paths, ignored }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await promises.readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (isGone(error)) return [] // while we were on the way
    throw error
  }
}
