import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import * as z from 'zod/v4'
import { connectAgent } from '../../agents/kit/connect-agent.ts'
import { AcpAgent } from '../acp/acp-agent.ts'
import { loadConnectState, saveConnectState } from '../acp/connect-state.ts'
import { ApiError, apiPost, readBase, readChannel, readJson } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'
import { orAborted } from '../interrupt.ts'

/** The options of `circles-rooms connect`. */
type ConnectOptions = { as?: string; key?: string; newKey?: boolean; cwd: string; state?: string }

const withKey = z.object({ key: z.string() })

/** Makes an ACP program an agent of a circle, until it is interrupted. */
export async function connectProgram(
  circle: string,
  [command, ...args]: string[],
  options: ConnectOptions,
  context: CommandContext,
): Promise<void> {
  const { server, terminal, signal } = context
  if (command === undefined) throw new CliError('usage', 'There is no program. Write it after --.')
  const { kind, name } = readChannel(circle, context.tables.kinds)
  if (kind !== 'circle') throw new CliError('usage', 'An agent connects to a circle.')
  const id = options.as ?? idOf([command, ...args])
  const file = options.state ?? stateFile(readBase(server), id)
  const state = await loadConnectState(file)
  const key = options.key ?? (await keyFor({ id, circle: name, known: state?.key, ...options }, context))
  const known = new Map(state?.sessions)
  const save = () => saveConnectState(file, { key, sessions: [...known] })
  await save()
  const onLine = (line: string): void => terminal.err(line)
  const agent = new AcpAgent({ command, args, cwd: resolve(options.cwd), onLine }, { known, save })
  try {
    await agent.start().catch((error: Error) => Promise.reject(new CliError('refused', error.message)))
    const connection = connectAgent({
      url: readBase(server),
      agent: id,
      key,
      onTurn: (request, reply) => agent.reply(request, reply),
    })
    terminal.err(`@${id} is an agent of ${name} now. Stop it with Ctrl-C.`)
    const code = await orAborted(connection.closed, signal).finally(() => connection.close())
    throw new CliError(...endsWith(code))
  } finally {
    await agent.stop()
  }
}

function endsWith(code: number): ConstructorParameters<typeof CliError> {
  if (code === 4409) return ['refused', 'Another program has connected as this agent.']
  if (code === 4410) return ['not_found', 'The agent was removed.']
  return ['unauthenticated', 'The agent has another key now. Run this again with --new-key.']
}

/** The key of the agent: as it is known here, or that of a new agent, or another one if that is wanted. */
async function keyFor(
  { id, circle, known, newKey }: { id: string; circle: string; known: string | undefined; newKey?: boolean },
  { server, signal }: CommandContext,
): Promise<string> {
  if (known !== undefined && !newKey) return known
  const path = newKey ? `api/agents/${id}/key` : 'api/agents'
  try {
    const response = await apiPost(server, path, newKey ? {} : { id, circle }, signal)
    return (await readJson(response, withKey)).key
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error
    throw new CliError('refused', `There is an agent called ${id} already. Take another name (--as), or --new-key.`)
  }
}

/** The name of the program, as `npx -y @agentclientprotocol/claude-agent-acp` is claude-agent-acp. */
function idOf(words: readonly string[]): string {
  const runners = new Set(['npx', 'node', 'bunx', 'uvx', 'env'])
  const word = words.find((word, index) => !word.startsWith('-') && !(index === 0 && runners.has(basename(word))))
  const name = basename(word ?? '').replace(/@[\d.]+$|\.\w+$/, '')
  const id = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  if (id === '') throw new CliError('usage', 'Give the agent a name: --as <id>.')
  return id.slice(0, 64)
}

function stateFile(base: string, id: string): string {
  const folder = process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state')
  const server = createHash('sha256').update(base).digest('hex').slice(0, 16)
  return join(folder, 'circles-rooms', `agent-${server}-${id}.json`)
}
