import { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize } from 'node:v8'
import type { Env } from '../../src/env.ts'
import { circle } from '../../src/protocol/channels/channel-kinds.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { limits } from '../../src/protocol/limits.ts'
import { roomCommands } from '../../src/rooms/commands/index.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import { builtinComponents } from '../../src/rooms/object/components.ts'
import type { KindTables } from '../../src/rooms/object/kind-tables.ts'
import { RoomHost } from '../../src/rooms/object/room-host.ts'
import { Sockets } from '../../src/rooms/object/sockets.ts'
import { workspaceComponents } from '../../src/rooms/object/workspace-components.ts'
import { TokenCache } from '../../src/rooms/sessions/token-cache.ts'

/** The tables of a circle. */
export const circleTables: KindTables = {
  kind: circle,
  commands: roomCommands,
  events: builtinEvents,
  regex: null,
  hooks: builtinHooks,
  components: ports => builtinComponents(ports, workspaceComponents(ports)),
}

/** The host of a circle's room, whose tokens are all valid. */
export function roomHost(state: DurableObjectState): RoomHost {
  const tokens = new TokenCache('circle:dev', async () => true)
  const sockets = new Sockets(state, limits.unread_bytes)
  return new RoomHost(state, fakeEnv(), circleTables, { limits, tokens, sockets, connect: async () => null })
}

/** The server's end of a WebSocket in plain node. `sent`: texts; `closed`: the close code. */
export type FakeSocket = WebSocket & { sent: string[]; closed: number | null }

/** A socket that takes everything at once; its attachment is serialized as for hibernation. */
export function fakeSocket(): FakeSocket {
  let attachment = serialize(null)
  const socket = {
    sent: [] as string[],
    closed: null as number | null,
    readyState: WebSocket.OPEN,
    bufferedAmount: 0,
    send: (text: string) => void socket.sent.push(text),
    close(code: number) {
      socket.closed = code
      socket.readyState = WebSocket.CLOSED
    },
    serializeAttachment(value: unknown) {
      attachment = serialize(value)
    },
    deserializeAttachment: () => deserialize(attachment) as unknown,
  }
  return socket as unknown as FakeSocket
}

/** What a Durable Object is given, in plain node: storage on SQLite in memory, sockets, no alarms that fire. */
export function fakeState(name: string): DurableObjectState {
  const sockets: WebSocket[] = []
  const state = {
    id: { name },
    storage: fakeStorage(),
    waitUntil: () => {},
    blockConcurrencyWhile: (work: () => Promise<unknown>) => work(),
    acceptWebSocket: (socket: WebSocket) => void sockets.push(socket),
    getWebSockets: () => sockets,
    getWebSocketAutoResponseTimestamp: () => null,
    abort: (reason: string) => {
      throw new Error(reason)
    },
  }
  return state as unknown as DurableObjectState
}

/** Bindings whose objects answer every call with nothing. */
export function fakeEnv(): Env {
  const silent = new Proxy({}, { get: () => async () => undefined })
  const namespace = { getByName: () => silent }
  const bindings = { CIRCLES: namespace, WORKSPACES: namespace, AGENT_CHANNELS: namespace, PASSES: namespace }
  return { ...bindings, REGISTER: namespace, LOG: 'off' } as unknown as Env
}

function fakeStorage() {
  const database = new DatabaseSync(':memory:')
  const exec = (statement: string, ...values: (string | number | null)[]) => {
    const prepared = database.prepare(statement)
    const columns = prepared.columns().map(column => column.name)
    prepared.setReturnArrays(true)
    const rows = prepared.all(...values) as unknown as unknown[][]
    const toArray = () => rows.map(row => Object.fromEntries(row.map((value, at) => [columns[at], value])))
    return { toArray, raw: () => rows.values(), rowsRead: rows.length, rowsWritten: 0 }
  }
  return {
    sql: { exec, databaseSize: 65_536 },
    transactionSync(work: () => unknown) {
      database.exec('SAVEPOINT work')
      try {
        return work()
      } catch (error) {
        database.exec('ROLLBACK TO work')
        throw error
      } finally {
        database.exec('RELEASE work')
      }
    },
    sync: async () => {},
    getAlarm: async () => null,
    setAlarm: async () => {},
    deleteAlarm: async () => {},
    deleteAll: async () => {},
  }
}
