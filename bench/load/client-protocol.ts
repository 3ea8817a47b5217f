import { mint } from './token.ts'

/** The names of the protocols that clients speak. */
export type ClientProtocolName = 'relay' | 'circles' | 'circles-upstream' | 'circles-plain' | 'socket.io'

/** The room a client connects to, the user it connects as, and the history it asks for. */
export type ConnectTarget = {
  room: string
  user: string
  last?: number // how many of the last messages
  since?: { seq: number; epoch: string } // everything after this event: a resume
}

/** How to talk to a server: the upgrade, the frame that ends the handshake, and the form of a message. */
export type ClientProtocol = {
  upgrade(target: ConnectTarget): { path: string; headers?: Record<string, string> }
  message(content: string, id: string): string
  /** The frame after which the client may send; null: right after the upgrade. */
  readyFrame: string | null
  /** The reply to a frame that comes before the ready frame, and to the server's ping. */
  handshake?: { on: string; reply: string }
  ping?: { on: string; reply: string }
  /** Requests the last messages. Absent where the server sends them by itself to a client whose target has `last`. */
  historyRequest?(limit: number): string
  /** How often one event carries its marker. */
  markersPerEvent: number
}

const query = (target: ConnectTarget) => (target.last === undefined ? '' : `?last=${target.last}`)
const bearer = (user: string) => ({ Authorization: `Bearer ${mint(user)}` })

/** The protocols of all subjects, by name. */
export const clientProtocols: Record<ClientProtocolName, ClientProtocol> = {
  relay: {
    upgrade: target => ({ path: `/peers/rooms/${target.room}${query(target)}` }),
    message: content => content,
    readyFrame: null,
    markersPerEvent: 1,
  },
  circles: {
    upgrade: ({ room, user, since }) => ({
      path: `/ws/circles/${room}${since ? `?since=${since.seq}&epoch=${since.epoch}` : ''}`,
      headers: { ...bearer(user), 'Sec-WebSocket-Protocol': 'circles.v1' },
    }),
    message: (content, id) => `{"type":"message","id":"${id}","data":{"content":"${content}"}}`,
    readyFrame: '"type":"welcome"',
    historyRequest: limit => `{"type":"history","id":"page","data":{"limit":${limit}}}`,
    markersPerEvent: 1,
  },
  // What a relay speaks to its circle: bench/load/played-relay.ts wraps the messages of its members.
  'circles-upstream': {
    upgrade: ({ room, user }) => ({ path: `/relays/${room}/enam/${user}` }),
    message: (content, id) => `{"type":"message","id":"${id}","data":{"content":"${content}"}}`,
    readyFrame: null,
    markersPerEvent: 1,
  },
  'circles-plain': {
    upgrade: ({ room, user }) => ({ path: `/ws/circles/${room}`, headers: bearer(user) }),
    message: content => `{"content":"${content}"}`,
    readyFrame: null,
    markersPerEvent: 2,
  },
  // engine.io version 4 over a WebSocket: 0 open, 2 ping, 3 pong, 4 message; inside it socket.io's 0 connect, 2 event.
  'socket.io': {
    upgrade: target => ({
      path: `/socket.io/?EIO=4&transport=websocket&room=${target.room}${query(target).replace('?', '&')}`,
    }),
    message: content => `42["chat","${content}"]`,
    readyFrame: '40',
    handshake: { on: '0', reply: '40' },
    ping: { on: '2', reply: '3' },
    markersPerEvent: 1,
  },
}
