import { mint } from './token.ts'

export type DialectName = 'relay' | 'circles' | 'circles-plain' | 'socket.io'

/** Who comes where, and what they want of what was said before. */
export type Visit = {
  room: string
  user: string
  last?: number // so many of the last messages
  since?: { seq: number; epoch: string } // everything after this: a resume
}

/** How one talks with a server: the upgrade, when it may begin, and how a line is said. */
export type Dialect = {
  upgrade(caller: Visit): { path: string; headers?: Record<string, string> }
  say(content: string, id: string): string
  /** The frame after which one may speak; null: after the upgrade. */
  welcome: string | null
  /** What is answered to frames before that, and to the server's ping. */
  hello?: { to: string; say: string }
  ping?: { to: string; say: string }
  /** Asks for the last messages, where a newcomer is not sent them: those who say `last` in their visit are, elsewhere. */
  page?(limit: number): string
  /** How often one event carries its marker. */
  markers: number
}

const query = (caller: Visit) => (caller.last === undefined ? '' : `?last=${caller.last}`)
const bearer = (user: string) => ({ Authorization: `Bearer ${mint(user)}` })

export const dialects: Record<DialectName, Dialect> = {
  relay: {
    upgrade: visit => ({ path: `/peers/rooms/${visit.room}${query(visit)}` }),
    say: content => content,
    welcome: null,
    markers: 1,
  },
  circles: {
    upgrade: ({ room, user, since }) => ({
      path: `/ws/circles/${room}${since ? `?since=${since.seq}&epoch=${since.epoch}` : ''}`,
      headers: { ...bearer(user), 'Sec-WebSocket-Protocol': 'circles.v1' },
    }),
    say: (content, id) => `{"type":"message","id":"${id}","data":{"content":"${content}"}}`,
    welcome: '"type":"welcome"',
    page: limit => `{"type":"history","id":"page","data":{"limit":${limit}}}`,
    markers: 1,
  },
  'circles-plain': {
    upgrade: ({ room, user }) => ({ path: `/ws/circles/${room}`, headers: bearer(user) }),
    say: content => `{"content":"${content}"}`,
    welcome: null,
    markers: 2,
  },
  // engine.io's version 4 over a WebSocket: 0 open, 2 ping, 3 pong, 4 message; in it socket.io's 0 connect, 2 event.
  'socket.io': {
    upgrade: visit => ({
      path: `/socket.io/?EIO=4&transport=websocket&room=${visit.room}${query(visit).replace('?', '&')}`,
    }),
    say: content => `42["line","${content}"]`,
    welcome: '40',
    hello: { to: '0', say: '40' },
    ping: { to: '2', say: '3' },
    markers: 1,
  },
}
