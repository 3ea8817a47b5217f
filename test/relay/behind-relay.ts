import { Relay } from '../../src/relay/relay.ts'
import { RelayHub } from '../../src/relay/relay-hub.ts'
import { writeRelayHeader } from '../../src/relay/wire.ts'
import type { RelaySessionsPorts, RelaySocket } from '../../src/rooms/object/relay-sessions.ts'
import type { Delivery, Subscriber } from '../../src/rooms/object/subscriber.ts'
import { toAttachment } from '../../src/rooms/sessions/attachment.ts'
import { nodeSql } from '../../src/testing/node-sql.ts'
import type { RoomInNode } from '../../src/testing/room-in-node.ts'
import type { TestSession } from '../../src/testing/test-session.ts'

const caller = { channel: 'dev', agent: null, ticket: null, since: null, epoch: null } as const
const principal = { id: 'any', name: 'Any', kind: 'person', role: 'member', expires: null } as const

/**
 * Puts every session of a room in plain node behind a relay: what the room sends them goes through a hub, a wire and the
 * relay. Everything is synchronous, so the room's own tests can run on it as they are.
 */
export function standBehindRelay(room: RoomInNode): void {
  const direct = room.subscriber
  let wire = connect(room, direct)
  const subscriber: Subscriber = {
    deliver(id: string, delivery: Delivery) {
      wire.admit(id)
      wire.hub.deliver(id, delivery)
    },
    flush() {
      wire.hub.flush()
      for (const session of room.room.context.sessions.values()) wire.hub.store(session.id, toAttachment(session))
    },
    close(id, code, reason) {
      wire.admit(id)
      wire.hub.close(id, code, reason)
    },
    lastPingAt: id => direct.lastPingAt(id),
    backlog: id => direct.backlog(id),
    confirmReceived: id => direct.confirmReceived(id),
  }
  const { disconnect, crash } = room
  Object.assign(room, {
    subscriber,
    receivers: (typingUsers: ReadonlySet<string>) => wire.hub.receivers(typingUsers),
    disconnect(session: TestSession) {
      wire.relay.left(session.id, 1000, wire.later())
      disconnect.call(room, session)
    },
    crash() {
      wire = connect(room, direct)
      crash.call(room)
    },
  })
}

function connect(room: RoomInNode, direct: Subscriber) {
  const known = new Set<string>()
  let next = ''
  let attachment: unknown = null
  const socket: RelaySocket = {
    send: text => relay.receive(String(text), room.now),
    close: () => {},
    serializeAttachment(value) {
      attachment = value
    },
    deserializeAttachment: () => attachment,
  }
  const ports: RelaySessionsPorts = {
    env: {} as RelaySessionsPorts['env'],
    sql: nodeSql(),
    sockets: () => [],
    ownSessions: () => [...room.room.context.sessions.keys()].filter(id => !hub.has(id)), // admitted with their first frame
    room: () => room.room ?? null,
    receive: () => {},
    run: () => {},
    left: () => {},
    failed: error => {
      throw error
    },
    async connect(_, accept) {
      accept(next)
      return null
    },
    background: () => {},
    setTimer: () => {},
    now: () => room.now,
  }
  const hub = new RelayHub(ports, { from: 0, size: 10_000 }, null)
  const relay = new Relay(
    {
      sockets: { ...direct, store: () => {}, deliver: (id, delivery) => direct.deliver(id, delivery) },
      send: text => void hub.receive(socket, text),
      dial: () => {},
      hangUp: () => {},
      random: () => 0,
      afterEventLoopTurn: run => run(),
      remember: () => {},
    },
    { attachments: [], parked: null },
    room.now,
  )
  hub.opened(writeRelayHeader('dev/enam/0'), socket)
  relay.opened(room.now)
  let tells = 0
  // A relay tells at once who comes and goes if they are half a second apart; a test's clock may stand still meanwhile.
  const later = () => room.now + ++tells * 500
  return {
    hub,
    relay,
    later,
    admit(id: string) {
      if (known.has(id)) return
      known.add(id)
      next = id
      const dialect = room.room.context.sessions.get(id)?.dialect ?? 'native'
      relay.join({ ...caller, principal, dialect }, { accept: () => {}, refuse: () => {} }, later())
    },
  }
}
