import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { type ApiTarget, apiGet, readChannel } from '../api-client.ts'
import { CliError } from '../exit-codes.ts'
import type { Terminal } from '../terminal.ts'

type Around = { server: ApiTarget; terminal: Terminal; signal: AbortSignal }

/** Writes a circle's log, one event a line, to a file or to standard output. */
export async function exportLog(
  circle: string,
  { output }: { output?: string },
  { server, terminal, signal }: Around,
): Promise<void> {
  const response = await apiGet(server, `api/circles/${circleIn(circle)}/export`, { signal })
  if (response.body === null) throw new CliError('failed', 'The server sent nothing.')
  const progress = terminal.progress('exporting')
  let bytes = 0
  const count = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength
      progress.at(bytes, null)
      yield chunk
    }
  }
  const target = output === undefined ? standardOutput() : createWriteStream(output, { flags: 'wx' })
  try {
    await pipeline(Readable.fromWeb(response.body as WebStream<Uint8Array>), count, target, { signal })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new CliError('usage', `${output} is there already.`)
    throw error
  } finally {
    progress.end()
  }
  if (output !== undefined) terminal.say(`${bytes} bytes in ${output}`)
}

/** Puts an exported log into a circle. */
export async function importLog(
  circle: string,
  file: string,
  { replace = false }: { replace?: boolean },
  { server, terminal, signal }: Around,
): Promise<void> {
  const name = circleIn(circle)
  const isInput = file === '-'
  const size = isInput ? null : ((await stat(file).catch(() => null))?.size ?? null)
  if (!isInput && size === null) throw new CliError('usage', `There is no file ${file}.`)
  const progress = terminal.progress('importing')
  let bytes = 0
  const counted = async function* () {
    for await (const chunk of isInput ? process.stdin : createReadStream(file)) {
      bytes += chunk.length
      progress.at(bytes, size)
      yield chunk
    }
  }
  try {
    const response = await apiGet(server, `api/circles/${name}/import${replace ? '?replace=true' : ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/jsonl' },
      body: Readable.toWeb(Readable.from(counted())) as unknown as ReadableStream,
      duplex: 'half',
      signal,
    } as RequestInit)
    terminal.out(JSON.stringify(await response.json()))
  } finally {
    progress.end()
  }
}

function circleIn(text: string): string {
  const { kind, name } = readChannel(text)
  if (kind !== 'circle') throw new CliError('usage', `Circles only can be exported and imported; ${text} is none.`)
  return name
}

/** Standard output, which stays open when we are done with it. */
function standardOutput(): Writable {
  return new Writable({
    write: (chunk, _, done) => void process.stdout.write(chunk, error => done(error ?? undefined)),
  })
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
