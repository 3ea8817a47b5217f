import * as z from 'zod/v4'
import type { PersonRole } from '../roles.ts'

/** The client's own id of a command. */
export const commandId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** How a request does what a command does: on a path made for it, on another one, or not at all. */
export type CommandOverHttp =
  | { id: string; summary: string; description: string } // POST …/commands/<type>; the texts are for OpenAPI
  | { instead: string } // method and path of the operation that does it
  | { never: string } // why it has a meaning on sockets only

/** One type of command: the shape of its `data`, and who may send it. */
export type CommandSpec = {
  schema: z.ZodType // objects are strict: an unknown key is `bad_frame`
  needsId: boolean // false: it may come without an id, and then gets no ack
  http?: CommandOverHttp // absent: only sockets can send it
  role?: PersonRole // the least role that may send it, where the role alone decides; absent: its handler decides
  /** Of an ephemeral command: while it waits for the rate limit, a later one with the same key replaces it (E3). */
  coalesceKey?(data: unknown): string
}

/** The commands a channel takes, by type. A Map, because types come from the network. */
export type CommandTable<Spec extends CommandSpec = CommandSpec> = ReadonlyMap<string, Spec>

/** A command as a dialect reads it: `data` matches the schema that its table has for this type. */
export type AnyCommand = { type: string; id: string | null; data: unknown }
