import type { PersonRole } from './roles.ts'

// What `defineProtocol` returns, as far as its types matter. No schema is read here, so a page that imports a protocol's
// type alone loads neither the protocol nor zod.

/** A schema of zod 4, whichever copy of zod made it. */
export type TypedSchema = { readonly _zod: { readonly output: unknown; readonly input: unknown } }

/** The events and commands of an application's own, by type. `role`: the least one that may send the command. */
export type TypedProtocol = {
  readonly events: Readonly<Record<string, { readonly data: TypedSchema }>>
  readonly commands: Readonly<Record<string, { readonly role?: PersonRole; readonly data: TypedSchema }>>
}

/** `data` of each event of a protocol, by type. */
export type ProtocolEvents<Protocol extends Pick<TypedProtocol, 'events'>> = {
  [Type in keyof Protocol['events'] & string]: Protocol['events'][Type]['data']['_zod']['output']
}

/** `data` of each command of a protocol as a client gives it, by type. */
export type ProtocolCommands<Protocol extends Pick<TypedProtocol, 'commands'>> = {
  [Type in keyof Protocol['commands'] & string]: InputOf<Protocol['commands'][Type]['data']>
}

// A schema that is known by its output alone has the input `unknown`.
type InputOf<Schema extends TypedSchema> = unknown extends Schema['_zod']['input']
  ? Schema['_zod']['output']
  : Schema['_zod']['input']
