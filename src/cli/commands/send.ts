import { createInterface } from 'node:readline/promises'
import { text as textOf } from 'node:stream/consumers'
import { type Channel, CirclesError, type SentMessage } from '../../client/client.ts'
import { clientFor, readChannel } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError, type Exit } from '../exit-codes.ts'
import { connectChannel } from '../tail-log.ts'

/** The options of `circles send`; `timeout` in seconds. */
type SendOptions = { to?: string; replyTo?: number; lines?: boolean; json?: boolean; timeout: number }

/** Sends messages to a channel: the given words, or standard input. */
export async function send(
  channelName: string,
  words: string[],
  options: SendOptions,
  { server, terminal, input, tables }: CommandContext & { input: NodeJS.ReadStream },
): Promise<void> {
  const { kind, name } = readChannel(channelName, tables.kinds)
  const texts = textsFrom(words, options, input)
  const client = clientFor(server)
  const channel = client[kind](name)
  try {
    await connectChannel(server, channel, options.timeout * 1000)
    for await (const text of texts) {
      const { seq } = await sendMessage(channel, text, options)
      if (options.json) terminal.out(JSON.stringify({ channel: channel.name, seq }))
    }
  } finally {
    client.disconnect()
  }
}

async function* textsFrom(words: string[], { lines }: SendOptions, input: NodeJS.ReadStream): AsyncGenerator<string> {
  if (words.length > 0 && words.join(' ') !== '-') yield words.join(' ')
  else if (input.isTTY && words.length === 0)
    throw new CliError('usage', 'There is no message. Write one: circles send dev-team "Hello".')
  else if (!lines) yield (await textOf(input)).replace(/\n$/, '')
  else for await (const line of createInterface({ input })) if (line.trim() !== '') yield line
}

async function sendMessage(channel: Channel, text: string, { to, replyTo }: SendOptions): Promise<SentMessage> {
  try {
    return await channel.send(text, { ...(to !== undefined && { to }), ...(replyTo !== undefined && { replyTo }) })
  } catch (error) {
    if (!(error instanceof CirclesError)) throw error
    throw new CliError(exits.get(error.code) ?? 'refused', `${error.message}.`.replace(/\.\.$/, '.'))
  }
}

const exits: ReadonlyMap<string, Exit> = new Map([
  ['signed_out', 'unauthenticated'],
  ['unauthenticated', 'unauthenticated'],
  ['forbidden', 'forbidden'],
  ['read_only', 'forbidden'],
  ['not_found', 'not_found'],
  ['ended', 'forbidden'],
  ['internal', 'unreachable'],
])
