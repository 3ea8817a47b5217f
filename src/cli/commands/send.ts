import { createInterface } from 'node:readline/promises'
import { text as textOf } from 'node:stream/consumers'
import { type Channel, CirclesError, type SentMessage } from '../../client/client.ts'
import { type ApiTarget, connectTo, readChannel } from '../api-client.ts'
import { CliError, type Exit } from '../exit-codes.ts'
import { connected } from '../tail-log.ts'
import type { Terminal } from '../terminal.ts'

export type SendOptions = { to?: string; replyTo?: number; lines?: boolean; json?: boolean; timeout: number }

/** Says something in a channel: the words given, or what comes over standard input. */
export async function send(
  channelName: string,
  words: string[],
  options: SendOptions,
  { server, terminal, input }: { server: ApiTarget; terminal: Terminal; input: NodeJS.ReadStream },
): Promise<void> {
  const { kind, name } = readChannel(channelName)
  const texts = textsFrom(words, options, input)
  const circles = connectTo(server)
  const channel = circles[kind](name)
  try {
    await connected(server, channel, options.timeout * 1000)
    for await (const text of texts) {
      const { seq } = await sendMessage(channel, text, options)
      if (options.json) terminal.out(JSON.stringify({ channel: channel.name, seq }))
    }
  } finally {
    circles.disconnect()
  }
}

async function* textsFrom(words: string[], { lines }: SendOptions, input: NodeJS.ReadStream): AsyncGenerator<string> {
  if (words.length > 0 && words.join(' ') !== '-') yield words.join(' ')
  else if (input.isTTY && words.length === 0)
    throw new CliError('usage', 'Say something: circles send dev-team "Hello".')
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
