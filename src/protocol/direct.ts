import * as z from 'zod/v4'
import { idText } from './text-schema.ts'

/** Makes the schemas of private chats. A function, so that they are in no Worker without them: bundlers keep calls. */
export function directSchemas() {
  const chat = z
    .object({
      channel: z.string(), // circle:dm~…: its name for sockets and for the rest of the API
      user: z.object({ id: z.string(), name: z.string() }), // the other one; an agent's id is `agent:pickle`
      blocked: z.boolean(), // the reader takes no messages of the other
    })
    .meta({ id: 'DirectChat', description: 'A private chat with a person, or with an agent.' })
  const begin = z.strictObject({ user: idText().min(1).max(256), circle: idText().max(64).optional() })
  return { chat, begin, change: z.strictObject({ blocked: z.boolean() }) }
}

type Schemas = ReturnType<typeof directSchemas>

/** A private chat with a person, or with an agent. */
export type DirectChat = z.infer<Schemas['chat']>
