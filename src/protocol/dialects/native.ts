import type { z } from 'zod/v4'
import { checkData } from '../check-data.ts'
import { type CommandTable, commandId } from '../commands/command-table.ts'
import { expectationIn, mostTelling } from '../describe-issue.ts'
import type { ErrorCode } from '../errors.ts'
import { jsonOf } from '../events/event-json-cache.ts'
import type { AnyEvent, LoggedEvent } from '../events/events.ts'
import type { Ephemeral, EphemeralOf } from '../frames.ts'
import { limits } from '../limits.ts'
import { nestsDeeperThan } from '../text.ts'
import { subprotocol } from '../version.ts'
import { readCommandId } from './command-id.ts'
import { type Decoded, type Dialect, decodeRefusal, type EncodeContext, parseObject, timestamp } from './dialect.ts'

/** `circles.v1`: typed commands with ids in, every frame out. */
export const native: Dialect = {
  name: 'native',
  subprotocol: subprotocol,
  authenticatesLater: false,
  greets: true,
  receivesEphemeral: true,
  heartbeats: true,
  batches: true,
  queuesBursts: false,
  showsRetry: false,
  decode(text, commands) {
    if (nestsDeeperThan(text, limits.depth))
      return decodeRefusal('too_deep', `the frame nests more than ${limits.depth} deep`, readCommandId(text))
    const frame = parseObject(text)
    if (frame === null) {
      const message = 'the frame must be a JSON object {"type", "id", "data"}'
      return decodeRefusal('bad_frame', message, readCommandId(text))
    }
    return readCommand(frame, commands)
  },

  encode(frame, context) {
    if ('seq' in frame) return encodeEvent(frame, context)
    if (frame.type === 'history') return encodeHistory(frame, context)
    return frame.type === 'retry' ? null : encodeEphemeral(frame, context)
  },
}

/** A logged event as every native client sees it: live, in `history` and over HTTP. */
export function nativeEvent(event: LoggedEvent, channel: string) {
  const { type, data, at, seq, id, origin } = event
  const { imported_by } = origin ?? {}
  const mark = imported_by === undefined ? {} : { origin: { imported_by } }
  return { type, data, timestamp: timestamp(at), channel, seq, id, ...mark }
}

/** An event as other programs receive it, by webhook or from a sink: its native frame, and the log it belongs to. */
export type DeliveredEvent = ReturnType<typeof nativeEvent> & { epoch: string }

/** The event as other programs receive it. Channel, epoch and seq together identify it. */
export function deliveredEvent(event: LoggedEvent, channel: string, epoch: string): DeliveredEvent {
  return { ...nativeEvent(event, channel), epoch }
}

/** The same as text: stored JSON is used as it is, and each event is written once. */
function encodeEvent(event: AnyEvent, { channel }: EncodeContext): string {
  let text = written.get(event)
  if (text === undefined) {
    const { type, at, seq, id, origin } = event
    const by = origin?.imported_by
    const mark = by === undefined ? '' : `,"origin":{"imported_by":${JSON.stringify(by)}}`
    text = `{"type":"${type}","data":${jsonOf(event)},"timestamp":"${timestamp(at)}","channel":"${channel}","seq":${seq},"id":${JSON.stringify(id)}${mark}}`
    written.set(event, text)
  }
  return text
}
const written = new WeakMap<AnyEvent, string>() // an event belongs to one channel

function encodeHistory({ type, data, at }: EphemeralOf<'history'>, context: EncodeContext): string {
  const { events, ...rest } = data
  const texts = events.map(event => encodeEvent(event, context)).join()
  return `{"type":"${type}","data":{"events":[${texts}],${JSON.stringify(rest).slice(1)},"timestamp":"${timestamp(at)}","channel":"${context.channel}"}`
}

function encodeEphemeral({ type, data, at }: Ephemeral, { channel }: EncodeContext): string {
  return JSON.stringify({ type, data, timestamp: timestamp(at), channel })
}

function readCommand(frame: Record<string, unknown>, commands: CommandTable): Decoded {
  const { type, id = null, data = {}, ...rest } = frame
  const readId = id === null ? null : commandId.safeParse(id)
  const knownId = readId?.success ? readId.data : null
  if (typeof type !== 'string') return decodeRefusal('bad_frame', 'type is missing or not a string', knownId)
  const spec = commands.get(type)
  if (spec === undefined) return decodeRefusal('unknown_type', 'There is no such command.', knownId)
  if (Object.keys(rest).length > 0)
    return decodeRefusal('bad_frame', 'the frame must have no keys other than "type", "id" and "data"', knownId)
  if (readId?.success === false) return decodeRefusal('bad_frame', 'id must be 1 to 64 characters of A-Z a-z 0-9 _ -')
  if (id === null && spec.needsId) return decodeRefusal('bad_frame', 'this command requires an id')
  return readData(type, spec.schema, data, knownId)
}

function readData(type: string, schema: z.ZodType, data: unknown, id: string | null): Decoded {
  let parsed: z.ZodSafeParseResult<unknown>
  try {
    parsed = checkData('command', type, schema, data)
  } catch (error) {
    return decodeRefusal('internal', (error as Error).message, id) // names the command; its cause is for nobody here
  }
  if (!parsed.success) return decodeRefusal(...refusalFor(parsed.error.issues, schema), id)
  return { command: { type, id, data: parsed.data } }
}

function refusalFor(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): [ErrorCode, string] {
  const issue = mostTelling(issues)
  if (issue === undefined) return ['bad_frame', 'data is invalid']
  const message = `${['data', ...issue.path].join('.')} ${expectationIn(schema, issue)}`
  if (issue.code === 'unrecognized_keys') return ['bad_frame', message]
  if (issue.path.length === 0) return [issue.code === 'custom' ? 'invalid' : 'bad_frame', message]
  const isEmpty = issue.path.join() === 'content' && issue.code === 'invalid_type'
  return isEmpty ? ['empty', 'data.content must be a non-empty string'] : ['invalid', message]
}
