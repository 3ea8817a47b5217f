import {
  type ChannelCall,
  channelNotFound,
  openChannelAt,
  refusalResponse,
  runCommandIn,
} from '../http/channels/call-channel.ts'
import type { HttpContext } from '../http/context.ts'
import { type Failure, failure } from '../http/errors.ts'
import { canonicalName } from '../protocol/channels/channels.ts'
import type { Command, CommandData } from '../protocol/commands/commands.ts'
import type { MemberEntry } from '../protocol/commands/member-schema.ts'
import { nativeEvent } from '../protocol/dialects/native.ts'

/** Opens a circle as the sender of the request, with the rights that they have in it. */
export async function openCircle(context: HttpContext, circle: string): Promise<ChannelCall | Failure> {
  const name = canonicalName(circle)
  if (name === null) return failure('invalid_name', 'This is not a name of a circle.')
  return openChannelAt(context, { kind: 'circle', name })
}

/** Runs a command that is answered by an ack, and returns that. */
export async function command(
  context: HttpContext,
  circle: string,
  { type, id, data }: Command,
): Promise<object | Failure> {
  const result = await runCommandIn(await openCircle(context, circle), context, { type, id, data } as Command)
  if (result instanceof Response) return result
  if (result.answer.type !== 'ack')
    throw new Error(`expected ack as the response to ${type}, got ${result.answer.type}`)
  return result.answer.data
}

/** A page of a circle's log. */
export type Page = { events: ReturnType<typeof nativeEvent>[]; more: boolean; head: number; epoch: string }

/** Reads a page of the log of a circle that has been opened. */
export async function readPage(
  call: ChannelCall | Failure,
  context: HttpContext,
  range: CommandData<'history'>,
): Promise<Page | Failure> {
  const result = await runCommandIn(call, context, { type: 'history', id: 'page', data: range })
  if (result instanceof Response) return result
  const { answer, epoch, head, channel } = result
  if (answer.type !== 'history') throw new Error(`expected history as the response to history, got ${answer.type}`)
  return { events: answer.data.events.map(event => nativeEvent(event, channel)), more: answer.data.more, head, epoch }
}

/** Lists the members of a circle. */
export async function membersOf(context: HttpContext, circle: string): Promise<{ members: MemberEntry[] } | Failure> {
  const call = await openCircle(context, circle)
  if (call instanceof Response) return call
  const result = await call.stub.manage(call.caller, { do: 'list' })
  if (result === null) return channelNotFound(call.channel)
  if ('refused' in result) return refusalResponse(result.refused)
  return { members: 'members' in result ? result.members : [] }
}
