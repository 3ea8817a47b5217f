import { addAbortSignal } from 'node:stream'
import { type Channel, CirclesError, type SentMessage } from '../../client/client.ts'
import { clientFor, readChannel } from '../api-client.ts'
import type { CommandContext } from '../command-context.ts'
import { CliError, type Exit } from '../exit-codes.ts'
import { readLines, readText } from '../input-text.ts'
import { orAborted } from '../interrupt.ts'
import { connectChannel } from '../tail-log.ts'

/** The options of `circles-rooms send`; `timeout` in seconds. */
type SendOptions = { to?: string; replyTo?: number; lines?: boolean; json?: boolean; timeout: number }

type SendContext = CommandContext & { input: NodeJS.ReadStream }

/** A message to send; `line` is that of standard input, where each is one. */
type Outgoing = { text: string; line: number | null } | { invalid: string; line: number }

/** Sends messages to a channel: the given words, or standard input. */
export async function send(
  channelName: string,
  words: string[],
  options: SendOptions,
  context: SendContext,
): Promise<void> {
  const { server, tables } = context
  const { kind, name } = readChannel(channelName, tables.kinds)
  const messages = messagesFrom(words, options, context)
  const client = clientFor(server)
  const channel = client[kind](name)
  try {
    await connectChannel(context, channel, options.timeout * 1000)
    await sendAll(channel, messages, options, context)
  } finally {
    client.disconnect()
  }
}

async function* messagesFrom(
  words: string[],
  { lines }: SendOptions,
  { input, signal }: SendContext,
): AsyncGenerator<Outgoing> {
  if (words.length > 0 && words.join(' ') !== '-') return yield { text: words.join(' '), line: null }
  if (input.isTTY && words.length === 0)
    throw new CliError('usage', 'There is no message. Write one: circles-rooms send dev-team "Hello".')
  addAbortSignal(signal, input)
  if (!lines) return yield { text: (await readText(input)).replace(/\n$/, ''), line: null }
  for await (const line of readLines(input)) if ('invalid' in line || line.text.trim() !== '') yield line
}

/** Sends one message after the other. A line that is refused for its text is reported; the others are sent. */
async function sendAll(
  channel: Channel,
  messages: AsyncIterable<Outgoing>,
  options: SendOptions,
  { terminal, signal }: SendContext,
): Promise<void> {
  const unsent: CliError[] = []
  for await (const message of messages) {
    try {
      if ('invalid' in message) throw new CliError('refused', message.invalid)
      const { seq } = await orAborted(sendMessage(channel, message.text, options), signal)
      if (options.json) terminal.json({ channel: channel.name, seq })
    } catch (error) {
      if (!(error instanceof CliError) || message.line === null) throw error
      const reported = new CliError(error.exit, `Line ${message.line} was not sent: ${error.message}`)
      if (error.exit !== 'refused') throw reported // the others would fare no better
      terminal.err(`circles-rooms: ${reported.message}`)
      unsent.push(reported)
    }
  }
  if (unsent.length > 0)
    throw new CliError(
      'refused',
      unsent.length === 1 ? 'One line was not sent.' : `${unsent.length} lines were not sent.`,
    )
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
