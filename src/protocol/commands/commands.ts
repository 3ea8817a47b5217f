import * as z from 'zod/v4'
import { builtinKinds } from '../channels/channel-kinds.ts'
import { parseChannel } from '../channels/channels.ts'
import { retention } from '../channels/retention.ts'
import { channelStatus, writers } from '../events/events.ts'
import { fileId } from '../files.ts'
import { limits } from '../limits.ts'
import { emoji, idText, json, jsonValue, singleLine, text, titleLine } from '../text-schema.ts'
import type { CommandOverHttp, CommandSpec, CommandTable } from './command-table.ts'

// The commands of a client. Objects are strict: an unknown key is `bad_frame`, so that a client cannot think that
// a claimed identity, role, seq or time was accepted.

const seq = z.int().positive()
/** The id of an agent. */
export const agentId = z.string().regex(/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/)
/** The text of a message. What is too long or shows nothing is refused by the room, whose limits can be set. */
const messageContent = text().meta({
  minLength: 1,
  description: `At most ${limits.content_bytes} bytes of UTF-8 unless the server has another limit, and more than spaces.`,
})

/** A routing rule of a circle: a message that matches calls the agent. Tiers: literal, then regex, then wildcard. */
export const rule = z.strictObject({
  match: text().min(1).max(200), // `deploy` · `/^deploy (now|later)$/i` · `deploy *`
  agent: agentId,
})
/** The type of `rule`. */
export type Rule = z.infer<typeof rule>

/** A channel of a kind that can be linked, `workspace:acme`. */
const linkable = [...builtinKinds.values()].filter(({ links }) => links !== null).map(({ kind }) => kind)
const link = z
  .string()
  .refine(text => {
    const channel = parseChannel(text, builtinKinds)
    if (channel === null || text !== `${channel.kind}:${channel.name}`) return false
    return builtinKinds.get(channel.kind)?.links !== null
  }, 'must be circle:<name> or workspace:<name>')
  .meta({ pattern: `^(${linkable.join('|')}):[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$` })

/** What an owner sets; absent keys stay as they are. */
export const configuration = z.strictObject({
  title: titleLine().max(200).optional(),
  default_agent: agentId.nullable().optional(),
  rules: z.array(rule).max(50).optional(),
  prompt: text().max(4000).optional(), // added to the instructions of agents with a model
  visibility: z.enum(['public', 'private']).optional(),
  status: channelStatus.optional(),
  writers: writers.optional(), // who may write, of those whose role lets them
  retention: retention.optional(),
  bots: z.array(idText().min(1).max(128)).max(50).optional(), // users (ids) who are programs
  links: z.array(link).max(10).optional(), // of a circle to workspaces and back; it works once both name each other
})
/** The type of `configuration`. */
export type Configuration = z.infer<typeof configuration>

const approvalDecision = z.strictObject({ approval: idText().max(64), note: text().max(1000).optional() })

/** Our own commands, by type. */
export const commandSpecs = {
  message: {
    needsId: true,
    schema: z.strictObject({
      content: messageContent,
      reply_to: seq.optional(),
      to: agentId.optional(),
      meta: json().optional(),
      attachments: z.array(fileId).min(1).max(limits.attachments).optional(), // files that the sender uploaded
    }),
    http: {
      id: 'sendChannelMessage',
      summary: 'Send a message to a channel of any kind',
      description:
        'As a command, like the others; sendMessage does it for a circle, with 201 for a message that is new.',
    },
  },
  edit: {
    needsId: true,
    schema: z.strictObject({ seq, content: messageContent }),
    http: {
      id: 'editMessage',
      summary: 'Edit a message',
      description: 'The caller’s own; moderators and owners edit any.',
    },
  },
  delete: {
    needsId: true,
    schema: z.strictObject({ seq }),
    http: {
      id: 'deleteMessage',
      summary: 'Delete a message',
      description: 'The caller’s own; moderators and owners delete any. Its text is erased from the log.',
    },
  },
  react: {
    needsId: true,
    http: { id: 'react', summary: 'Add or remove a reaction', description: 'One emoji for a message.' },
    schema: z.strictObject({ seq, emoji: emoji(), remove: z.boolean().optional() }),
  },
  read: {
    needsId: false,
    coalesceKey: () => 'read',
    schema: z.strictObject({ seq }),
    http: {
      id: 'markRead',
      summary: 'Tell the others how far the caller has read',
      description: 'A read position is not stored: it reaches those who are connected.',
    },
  },
  recv: {
    needsId: false,
    schema: z.strictObject({ seq: z.int().nonnegative() }), // cumulative acknowledgement for flow control (E3)
    http: { never: 'It confirms the frames of one socket; a response is confirmed by the network.' },
  },
  typing: {
    needsId: false,
    coalesceKey: () => 'typing',
    schema: z.strictObject({ active: z.boolean() }),
    http: { never: 'It ends with the socket of the person who types; a request has no end that could be watched.' },
  },
  presence: {
    needsId: false,
    coalesceKey: () => 'presence',
    schema: z.strictObject({ state: json() }),
    http: {
      id: 'setPresence',
      summary: 'Set the presence state of the caller',
      description:
        'On all of the caller’s sockets and streams; 404 without any, since presence lasts as long as they do.',
    },
  },
  signal: {
    needsId: false,
    coalesceKey: ({ name, to }: { name: string; to?: string }) => `signal ${to} ${name}`,
    http: {
      id: 'sendSignal',
      summary: 'Send a value that is not stored',
      description: 'To everybody who is connected, or to the sockets of one user.',
    },
    schema: z.strictObject({ name: singleLine().min(1).max(64), value: jsonValue(), to: idText().optional() }),
  },
  history: {
    needsId: true,
    schema: z
      .strictObject({
        before: seq.optional(),
        after: z.int().nonnegative().optional(),
        limit: z.int().min(1).max(200).optional(),
      })
      .refine(data => data.before === undefined || data.after === undefined, 'must not have both before and after'),
    http: { instead: 'GET /api/circles/:name/events' }, // and that of the other kinds
  },
  stop: {
    needsId: true,
    schema: z.strictObject({ turn: idText().max(64) }),
    http: {
      id: 'stopTurn',
      summary: 'Stop the turn of an agent',
      description: 'The author of the message that started it, and moderators.',
    },
  },
  configure: {
    needsId: true,
    role: 'owner',
    schema: configuration,
    http: {
      id: 'configureChannel',
      summary: 'Change the settings of a channel of any kind',
      description: 'Owners only. Keys that are absent stay as they are.',
    },
  },
  approve: {
    needsId: true,
    schema: approvalDecision,
    http: {
      id: 'approve',
      summary: 'Approve what an agent asks for',
      description: 'The decision is logged and the turn goes on.',
    },
  },
  reject: {
    needsId: true,
    schema: approvalDecision,
    http: {
      id: 'reject',
      summary: 'Reject what an agent asks for',
      description: 'The decision is logged and the turn goes on.',
    },
  },
  auth: {
    needsId: true,
    schema: z.strictObject({ token: idText().max(8192) }),
    http: { never: 'Every request carries its own token.' },
  },
  ping: {
    needsId: false,
    schema: z.strictObject({}),
    http: { never: 'It keeps a socket open, and every request is answered anyway.' },
  },
} as const satisfies Record<string, CommandSpec & { http: CommandOverHttp }>

/** The types of our own commands. */
export type CommandType = keyof typeof commandSpecs

/** Our own commands, as a table. */
export const builtinCommands: CommandTable = new Map(Object.entries(commandSpecs))

/** The shape of `data` of each of our own commands, by type. */
export const commandData = Object.fromEntries(
  Object.entries(commandSpecs).map(([type, { schema }]) => [type, schema]),
) as unknown as { readonly [Type in CommandType]: (typeof commandSpecs)[Type]['schema'] }

/** The `data` of a command of this type. */
export type CommandData<Type extends CommandType> = z.infer<(typeof commandSpecs)[Type]['schema']>

/** One of our own commands as the room takes it, whichever dialect it came in. */
export type Command = {
  [Type in CommandType]: { type: Type; id: string | null; data: CommandData<Type> }
}[CommandType]

/** The command of this type. */
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>
