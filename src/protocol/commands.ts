import { z } from 'zod'
import { parseChannel } from './channels.ts'
import { channelStatus } from './events.ts'

// What a client may ask for. Objects are strict: an unknown key is `bad_frame`, because a claimed identity,
// role, seq or time must never look as if it had been believed.

const seq = z.int().positive()
/** The id of an agent. */
export const agentId = z.string().regex(/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/)
const json = z.record(z.string(), z.unknown())

/** The client's own id of a command. */
export const commandId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** A routing rule of a circle: lines that match wake the agent. Tiers: literal, then regex, then wildcard. */
export const rule = z.strictObject({
  match: z.string().min(1).max(200), // `deploy` · `/^deploy (now|later)$/i` · `deploy *`
  agent: agentId,
})
export type Rule = z.infer<typeof rule>

export const retention = z.strictObject({
  events: z.int().min(1).max(10_000_000).optional(), // keep at most so many
  days: z.int().min(1).max(36_500).optional(), // and none older than this
})

/** A circle or a workspace, `workspace:acme`. */
const link = z.string().refine(text => {
  const channel = parseChannel(text)
  return channel !== null && channel.kind !== 'agent' && text === `${channel.kind}:${channel.name}`
}, 'circle:name or workspace:name')

export const configuration = z.strictObject({
  title: z.string().max(200).optional(),
  default_agent: agentId.nullable().optional(),
  rules: z.array(rule).max(50).optional(),
  prompt: z.string().max(4000).optional(), // what agents with a model are told about this circle
  visibility: z.enum(['public', 'private']).optional(),
  status: channelStatus.optional(),
  retention: retention.optional(),
  links: z.array(link).max(10).optional(), // a circle's workspaces, a workspace's circles; both must name the other
})
export type Configuration = z.infer<typeof configuration>

export const commandData = {
  message: z.strictObject({
    content: z.string(),
    reply_to: seq.optional(),
    to: agentId.optional(),
    meta: json.optional(),
  }),
  edit: z.strictObject({ seq, content: z.string() }),
  delete: z.strictObject({ seq }),
  react: z.strictObject({ seq, emoji: z.string().min(1).max(64), remove: z.boolean().optional() }),
  read: z.strictObject({ seq }),
  recv: z.strictObject({ seq: z.int().nonnegative() }), // everything up to there has arrived
  typing: z.strictObject({ active: z.boolean() }),
  presence: z.strictObject({ state: json }),
  signal: z.strictObject({ name: z.string().min(1).max(64), value: z.unknown(), to: z.string().optional() }),
  history: z
    .strictObject({
      before: seq.optional(),
      after: z.int().nonnegative().optional(),
      limit: z.int().min(1).max(200).optional(),
    })
    .refine(data => data.before === undefined || data.after === undefined, 'either before or after'),
  stop: z.strictObject({ turn: z.string().max(64) }),
  configure: configuration,
  approve: z.strictObject({ approval: z.string().max(64), note: z.string().max(1000).optional() }),
  reject: z.strictObject({ approval: z.string().max(64), note: z.string().max(1000).optional() }),
  auth: z.strictObject({ token: z.string().max(8192) }),
  ping: z.strictObject({}),
} as const

export type CommandType = keyof typeof commandData
export type CommandData<Type extends CommandType> = z.infer<(typeof commandData)[Type]>

/** Commands that may come without an id; they then get no ack. */
export const commandsWithoutId: ReadonlySet<string> = new Set(['typing', 'presence', 'signal', 'read', 'recv', 'ping'])

/** A command as the room takes it, whichever dialect it came in. */
export type Command = {
  [Type in CommandType]: { type: Type; id: string | null; data: CommandData<Type> }
}[CommandType]
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>
