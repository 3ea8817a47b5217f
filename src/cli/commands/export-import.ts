import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import * as z from 'zod/v4'
import type { ChannelKinds } from '../../protocol/channels/channel-kinds.ts'
import { pluralOf } from '../../protocol/plural.ts'
import { apiRequest, readChannel, readJson } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError } from '../exit-codes.ts'

/** Writes a circle's log, one event a line, to a new file or to standard output. */
export async function exportLog(
  circle: string,
  { output }: { output?: string },
  { server, terminal, signal, tables }: CommandContext,
): Promise<void> {
  const response = await apiRequest(server, `${apiPath(circle, tables.kinds)}/export`, { signal })
  if (response.body === null) throw new CliError('failed', 'The server sent no log.')
  const progress = terminal.progress('exporting')
  let bytes = 0
  const count = (chunks: AsyncIterable<Uint8Array>) =>
    counted(chunks, total => {
      bytes = total
      progress.at(total, null)
    })
  const target = output === undefined ? terminal.jsonLines() : createWriteStream(output, { flags: 'wx' })
  try {
    await pipeline(Readable.fromWeb(response.body as WebStream<Uint8Array>), count, target, { signal })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new CliError('usage', `The file ${output} exists already.`)
    throw error
  } finally {
    progress.end()
  }
  if (output !== undefined) terminal.err(`Wrote ${bytes} bytes to ${output}.`)
}

/** Imports an exported log into a circle. */
export async function importLog(
  circle: string,
  file: string,
  { replace = false }: { replace?: boolean },
  { server, terminal, signal, tables }: CommandContext,
): Promise<void> {
  const path = apiPath(circle, tables.kinds)
  const isInput = file === '-'
  const size = isInput ? null : ((await stat(file).catch(() => null))?.size ?? null)
  if (!isInput && size === null) throw new CliError('usage', `There is no file ${file}.`)
  const progress = terminal.progress('importing')
  const chunks = counted(isInput ? process.stdin : createReadStream(file), total => progress.at(total, size))
  try {
    const response = await apiRequest(server, `${path}/import${replace ? '?replace=true' : ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/jsonl' },
      body: Readable.toWeb(Readable.from(chunks)) as unknown as ReadableStream,
      duplex: 'half',
      signal,
    } as RequestInit)
    terminal.json(await readJson(response, z.record(z.string(), z.unknown())))
  } finally {
    progress.end()
  }
}

/** Passes chunks through, and reports the number of bytes so far. */
async function* counted(chunks: AsyncIterable<Uint8Array>, onProgress: (bytes: number) => void) {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    onProgress(bytes)
    yield chunk
  }
}

/** The path of a channel in the API, if it is of a kind that can be exported and imported. */
function apiPath(text: string, kinds: ChannelKinds): string {
  const { kind, name } = readChannel(text, kinds)
  if (kinds.get(kind)?.isConversation) return `api/${pluralOf(kind)}/${name}`
  throw new CliError('usage', `Only circles can be exported and imported; ${text} is not one.`)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
