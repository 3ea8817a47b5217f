import * as z from 'zod/v4'
import { idText } from './text-schema.ts'

const url = idText().max(2_048).meta({ format: 'uri', description: 'An https URL of a public host.' })
const apiKey = idText().min(1).max(4_096).optional().meta({ description: 'Sent as a bearer token; never shown.' })

/** Where an agent is called: a URL, and what is spoken there. */
export const agentAddress = z.discriminatedUnion('protocol', [
  // Chat completions, streamed: `<url>/chat/completions` with this model.
  z.strictObject({ protocol: z.literal('openai'), url, model: idText().min(1).max(200), api_key: apiKey }),
  // A route for `useChat` of the AI SDK: the UI message stream, at the URL itself.
  z.strictObject({ protocol: z.literal('ai-sdk'), url, api_key: apiKey }),
])
/** The type of `agentAddress`. */
export type AgentAddress = z.infer<typeof agentAddress>

/** An address as its maker sees it: without the key. */
export const shownAddress = z.object({
  protocol: z.enum(['openai', 'ai-sdk']),
  url: idText(),
  model: idText().optional(),
})
/** The type of `shownAddress`. */
export type ShownAddress = z.infer<typeof shownAddress>

/** Returns an address without its key. */
export function withoutKey({ api_key: _, ...shown }: AgentAddress): ShownAddress {
  return shown
}
