import { readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fieldsOf } from './git-names.ts'
import { runGit } from './run-git.ts'

/** What a repository's configuration says that matters here. */
export type RepositoryConfig = {
  ignoresCase: boolean
  excludesFile: string | null // null: the default
  withoutFilters: ReadonlyMap<string, string> // settings that switch off the filters that the repository itself defines
}

type Setting = { scope: string; name: string; value: string }

// The user's own filters may run; git needs them to compare. What `git lfs install --local` writes is known, too.
const ownScopes: ReadonlySet<string> = new Set(['local', 'worktree'])
const lfs: ReadonlyMap<string, string> = new Map([
  ['filter.lfs.clean', 'git-lfs clean -- %f'],
  ['filter.lfs.smudge', 'git-lfs smudge -- %f'],
  ['filter.lfs.process', 'git-lfs filter-process'],
])

/** Reads the configuration of a folder's repository, and the filters that its submodules define. */
export async function readConfig(root: string, folders: readonly string[]): Promise<RepositoryConfig> {
  const read = async (file: readonly string[], pattern: string) =>
    settingsIn(
      await runGit(['config', ...file, '--includes', '-z', '--show-scope', '--get-regexp', pattern], {
        folder: root,
        okCodes: [0, 1], // 1: nothing matches
      }),
    )
  const settings = await read([], '^(core\\.(ignorecase|excludesfile)|filter\\..*)$')
  const settingOf = (wanted: string) => settings.findLast(({ name }) => name === wanted)?.value ?? null
  const modules = (await Promise.all(folders.map(folder => configsBelow(join(folder, 'modules'))))).flat()
  const inner = await Promise.all(modules.map(file => read(['--file', file], '^filter\\.')))
  const own = settings.filter(({ scope }) => ownScopes.has(scope))
  const excludes = settingOf('core.excludesfile')
  return {
    ignoresCase: /^(true|yes|on|1)?$/i.test(settingOf('core.ignorecase') ?? 'false'),
    excludesFile: excludes ? resolve(root, excludes.replace(/^~(?=\/)/, homedir())) : null,
    withoutFilters: switchedOff([...own, ...inner.flat()]),
  }
}

function settingsIn(output: Buffer): Setting[] {
  const fields = fieldsOf(output).map(field => field.toString())
  return fields.flatMap((scope, index) => {
    if (index % 2 === 1) return []
    const [name = '', ...value] = (fields[index + 1] ?? '').split('\n')
    return [{ scope, name, value: value.join('\n') }]
  })
}

function switchedOff(settings: readonly Setting[]): Map<string, string> {
  const filters = settings
    .filter(({ name, value }) => name.startsWith('filter.') && lfs.get(name) !== value && !name.endsWith('.required'))
    .map(({ name }) => name.slice(0, name.lastIndexOf('.')))
  return new Map(
    [...new Set(filters)].flatMap(filter => [
      [`${filter}.clean`, ''],
      [`${filter}.smudge`, ''],
      [`${filter}.process`, ''],
      [`${filter}.required`, 'false'],
    ]),
  )
}

/** The configuration files of submodules, and of theirs. */
async function configsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const below = await Promise.all(
    entries
      .filter(entry => entry.isDirectory() && !storage.has(entry.name))
      .map(entry => configsBelow(join(folder, entry.name))),
  )
  const own = entries.filter(entry => /^config(\.worktree)?$/.test(entry.name)).map(entry => join(folder, entry.name))
  return [...own, ...below.flat()]
}

const storage: ReadonlySet<string> = new Set(['objects', 'refs', 'logs', 'hooks', 'info', 'lfs'])
