import * as z from 'zod/v4'
import { agentAddress } from './agent-address.ts'
import { namePattern } from './channels/channels.ts'
import { idText, programText } from './text-schema.ts'
import { agentDescription, type TurnRequest } from './turns.ts'

// The protocol between this server and an agent that connects to it: JSON text frames over a WebSocket.

/** The WebSocket subprotocol of agents that connect. */
export const agentSubprotocol = 'circles.agent.v1'

/** The prefix of the subprotocol that carries an agent's key, for programs that cannot set headers. */
export const agentKeyPrefix = 'key.'

/** The bounds of an agent's connection. */
export const connectedAgentLimits = {
  frame_bytes: 1_048_576, // more closes the socket with 1009
  frames_per_second: 200, // of one socket, on average; more closes it with 4429
  frame_burst: 2_000,
  ahead_bytes: 1_048_576, // of parts that the circle has not read yet; more ends the call
  agents_per_circle: 20,
} as const

/** The methods of a circle that an agent may call while its turn runs. */
export const circleMethods = ['search', 'lines', 'remind', 'reminders', 'forget', 'document'] as const

const call = idText().min(1).max(64)

/** A frame that an agent sends. */
export const agentFrame = z.discriminatedUnion('type', [
  // A part of the reply to a call. It is checked where all replies are, so that a wrong one ends its turn alike.
  z.object({ type: z.literal('part'), data: z.object({ call, part: z.looseObject({ type: idText() }) }) }),
  z.object({
    type: z.literal('request'),
    data: z.object({
      call,
      id: idText().min(1).max(64), // the agent's choice, repeated in the response
      method: z.enum(circleMethods),
      args: z.array(z.unknown()).max(3).default([]),
    }),
  }),
  z.object({
    type: z.literal('describe'),
    data: agentDescription.omit({ id: true }).partial(),
  }),
  z.object({ type: z.literal('ping') }), // answered by the runtime where it is exactly {"type":"ping"}
])
/** The type of `agentFrame`. */
export type AgentFrame = z.infer<typeof agentFrame>

/** A frame that an agent receives. */
export type AgentServerFrame =
  | { type: 'welcome'; data: { agent: ConnectedAgentInfo } }
  | { type: 'turn'; data: { call: string; request: TurnRequest } }
  | { type: 'cancel'; data: { call: string } } // whatever it still sends for this call is ignored
  | { type: 'response'; data: { call: string; id: string; value?: unknown; error?: string } }
  | { type: 'error'; data: { code: 'bad_frame'; message: string } }
  | { type: 'pong'; data: object }

const agentId = z
  .string()
  .max(64)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/)

/** An agent that connects. `circle`: the only circle it is in, by its name; null: all circles of the deployment. */
export const connectedAgentInfo = agentDescription.extend({
  circle: idText().nullable(),
  observe: z.boolean(), // it may be silent: a reply without text ends its turn without a message
})
/** The type of `connectedAgentInfo`. */
export type ConnectedAgentInfo = z.infer<typeof connectedAgentInfo>

/** What makes an agent. */
export const newConnectedAgent = z.strictObject({
  id: agentId,
  name: programText().min(1).max(64).optional(), // the id with spaces and capitals, if absent
  description: programText().max(1000).optional(),
  circle: z
    .string()
    .regex(new RegExp(`^${namePattern}$`))
    .optional(),
  observe: z.boolean().optional(),
  address: agentAddress.optional(), // where it is called; absent: it connects
})
/** The type of `newConnectedAgent`. */
export type NewConnectedAgent = z.infer<typeof newConnectedAgent>
