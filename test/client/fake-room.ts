import type { EventFrame, Frame } from '../../src/client/frames.ts'
import type { Socket } from '../../src/client/platform.ts'
import { type Limits, limits } from '../../src/protocol/limits.ts'

type Command = { type: string; id?: string; data: Record<string, unknown> }

/** The room's end of one connection. */
export type Peer = {
  user: string
  url: URL
  protocols: string[]
  /** Sends frames to this peer, as one WebSocket message: an array if there are several. */
  send(...frames: Frame[]): void
  /** Cuts the connection; the client sees a close with this code. */
  close(code?: number, reason?: string): void
  /** Cuts the connection without the client noticing. */
  vanish(): void
  received: Command[]
}

export type FakeRoom = {
  socket(url: string, protocols: string[]): Socket
  peers: Peer[] // open ones
  opened: number // sockets ever opened
  log: EventFrame[]
  epoch: string
  earliest: number
  limits: Limits // in the next welcome
  /** Appends another user's message. */
  post(content: string, user?: string): EventFrame
  /** Appends an event to the log, and sends it to every peer. */
  append(type: string, data: Record<string, unknown>, id?: string): EventFrame
  /** Sends an ephemeral frame to every peer. */
  broadcast(type: string, data: Record<string, unknown>): void
  /** Replaces the log by an empty one of another epoch. */
  reset(): void
  /** Decides about a command before the room sees it: accept it, drop it, or answer with a frame. */
  intercept: (peer: Peer, command: Command) => 'accept' | 'drop' | Frame
}

const pong: Frame = { type: 'pong', data: {} }
const at = '2026-01-01T00:00:00.000Z'

/**
 * A small room of the native dialect: a log, resume, history, and messages stored once. `later` runs what arrives over
 * the network, in either direction.
 */
export function fakeRoom(later: (run: () => void) => void, accept: (url: URL) => number | null = () => null): FakeRoom {
  const stored = new Map<string, number>() // seq by user and command id
  const room: FakeRoom = {
    peers: [],
    opened: 0,
    log: [],
    epoch: 'e1',
    earliest: 1,
    limits,
    intercept: () => 'accept',
    post: (content, user = 'guest:bob') =>
      room.append('message', { content, user_id: user, user_name: user.slice(6), client_id: null, hop: 0 }),
    append(type, data, id = `seq:${room.log.length + 1}`) {
      const event = { type, data, seq: room.log.length + 1, id, timestamp: at, channel: 'circle:lobby' } as EventFrame
      room.log.push(event)
      for (const peer of room.peers) peer.send(event)
      return event
    },
    broadcast(type, data) {
      for (const peer of room.peers) peer.send({ type, data } as unknown as Frame)
    },
    reset() {
      room.log = []
      room.epoch = `${room.epoch}'`
      stored.clear()
    },
    socket(address, protocols) {
      room.opened++
      const url = new URL(address)
      const socket: Socket = { onopen: null, onmessage: null, onclose: null, onerror: null, send, close }
      let open = true
      const peer: Peer = {
        url,
        protocols,
        user: `guest:${url.searchParams.get('name') ?? 'token'}`,
        received: [],
        send(...frames) {
          const text = JSON.stringify(frames.length === 1 ? frames[0] : frames)
          later(() => open && socket.onmessage?.({ data: text }))
        },
        close(code = 1006, reason = '') {
          if (!open) return
          peer.vanish()
          later(() => socket.onclose?.({ code, reason }))
        },
        vanish() {
          open = false
          room.peers = room.peers.filter(other => other !== peer)
        },
      }
      function send(text: string): void {
        later(() => {
          if (open) receive(peer, JSON.parse(text))
        })
      }
      function close(): void {
        if (open) later(() => peer.vanish())
      }
      later(() => {
        if (!open) return
        const refusal = accept(url)
        if (refusal !== null) return peer.close(refusal)
        socket.onopen?.()
        room.peers.push(peer)
        sendWelcome(peer)
      })
      return socket
    },
  }

  function sendWelcome(peer: Peer): void {
    const since = peer.url.searchParams.get('since')
    const sameEpoch = peer.url.searchParams.get('epoch') === room.epoch
    const recovered = since === null ? null : sameEpoch && Number(since) + 1 >= room.earliest
    const user = { id: peer.user, name: peer.user.slice(6), kind: 'guest' as const, role: 'member' as const }
    peer.send({
      type: 'welcome',
      data: {
        session: `s${room.opened}`,
        user,
        epoch: room.epoch,
        head: room.log.length,
        earliest: room.earliest,
        recovered,
        members: [{ ...user, sessions: 1 }],
        member_count: 1,
        agents: [{ id: 'pickle', name: 'Pickle', description: '', joined: true }],
        live: [],
        circle: { title: 'Lobby', status: 'active', default_agent: 'pickle', visibility: 'public' },
        limits: room.limits,
      },
    })
    if (recovered) peer.send({ type: 'history', data: { events: room.log.slice(Number(since)), more: false } })
  }

  function receive(peer: Peer, command: Command): void {
    if (command.type !== 'ping') peer.received.push(command)
    const decision = command.type === 'ping' ? pong : room.intercept(peer, command)
    if (decision !== 'drop') peer.send(...(decision === 'accept' ? [execute(peer, command)] : [decision]))
  }

  function execute(peer: Peer, { type, id = '', data }: Command): Frame {
    if (type === 'message') return message(peer, id, data)
    return type === 'history' ? history(id, data) : { type: 'ack', data: { id } }
  }

  function message(peer: Peer, id: string, data: Record<string, unknown>): Frame {
    const key = `${peer.user} ${id}`
    const known = stored.get(key)
    if (known !== undefined) return { type: 'ack', data: { id, seq: known, duplicate: true } }
    const author = { user_id: peer.user, user_name: peer.user.slice(6), client_id: id, hop: 0 }
    const { seq } = room.append('message', { ...data, ...author }, id)
    stored.set(key, seq)
    return { type: 'ack', data: { id, seq } }
  }

  function history(id: string, data: Record<string, unknown>): Frame {
    const limit = Number(data.limit ?? 200)
    const kept = room.log.slice(room.earliest - 1)
    const after = kept.filter(({ seq }) => seq > Number(data.after))
    const before = kept.filter(({ seq }) => seq < Number(data.before))
    const [events, more] =
      data.after === undefined
        ? [before.slice(-limit), before.length > limit]
        : [after.slice(0, limit), after.length > limit]
    return { type: 'history', data: { id, events, more } }
  }

  return room
}
