import { spawn } from 'node:child_process'

/** The reason that git did not do what it was asked to. */
export class GitError extends Error {}

/** What to run git with. */
type GitOptions = {
  folder: string
  settings?: ReadonlyMap<string, string> // above the configuration of the repository
  env?: Record<string, string>
  okCodes?: readonly number[] // exit codes that are not errors
  maxBytes?: number // of the output; the rest is not read
}

const timeoutMs = 30_000
const outputBytes = 268_435_456

// A repository may be somebody else's, and its configuration can name programs. None of them is to run: no hook, no
// file system monitor, no transport that fetches missing objects. (Repository#diff reads diffs without drivers.)
const safeSettings: ReadonlyMap<string, string> = new Map([
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['submodule.recurse', 'false'],
])

// Of the environment, git gets the place of the user's configuration. What describes one repository (GIT_DIR,
// GIT_INDEX_FILE …, as in a hook) stays behind: the folder decides which repository it is in.
const inherited =
  /^(PATH|HOME|USERPROFILE|SYSTEMROOT|XDG_CONFIG_HOME|GIT_CEILING_DIRECTORIES|GIT_DISCOVERY_ACROSS_FILESYSTEM|GIT_CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|(KEY|VALUE)_\d+))$/i

const fixed = {
  LC_ALL: 'C',
  GIT_OPTIONAL_LOCKS: '0', // a status would refresh the index, which is a change, which asks for the status
  GIT_LITERAL_PATHSPECS: '1', // a name is a name, also `*` or `:!x`
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_TERMINAL_PROMPT: '0',
}

function environment({ settings, env }: GitOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => inherited.test(name))
  const first = Number(process.env.GIT_CONFIG_COUNT ?? 0) || 0
  // Not as `-c name=value`, for a name may contain `=`. These hold in submodules, too.
  const pairs = [...safeSettings, ...(settings ?? [])].flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, name],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ])
  const GIT_CONFIG_COUNT = `${first + pairs.length / 2}`
  return { ...Object.fromEntries([...own, ...pairs]), ...fixed, GIT_CONFIG_COUNT, ...env }
}

/** Runs git to its end, and resolves with its output. Rejects with a GitError. */
export async function runGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { folder, okCodes = [0], maxBytes = outputBytes } = options
  const child = spawn('git', ['--no-pager', ...args], {
    cwd: folder,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<number | string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'))
  })
  ended.catch(() => {}) // awaited below, after the output
  const reason = firstLineOf(child.stderr)
  const { output, isComplete } = await readAll(child.stdout, maxBytes)
  if (!isComplete) child.kill('SIGKILL')
  const code = await ended.catch((error: NodeJS.ErrnoException) => {
    throw new GitError(error.code === 'ENOENT' ? 'git was not found' : error.message)
  })
  if (isComplete && !okCodes.some(ok => ok === code)) throw new GitError((await reason) || `git ended with ${code}`)
  return output
}

async function readAll(stream: AsyncIterable<Buffer>, maxBytes: number) {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > maxBytes) break
  }
  return { output: Buffer.concat(chunks), isComplete: bytes <= maxBytes }
}

async function firstLineOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) if (text.length < 4_096) text += chunk
  const lines = text.split('\n')
  const line = lines.find(line => /^(fatal|error): /.test(line)) ?? lines[0] ?? ''
  return line.replace(/^(fatal|error): /, '').trim()
}
