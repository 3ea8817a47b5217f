import { DurableObject } from '#workers'
import type { Env } from '../env.ts'
import { createLogger, faultRecord } from '../lib/logger.ts'
import { circle } from '../protocol/channels/channel-kinds.ts'
import { readLimits } from '../protocol/channels/limits-setting.ts'
import type { Limits } from '../protocol/limits.ts'
import { fits } from '../protocol/text.ts'
import { planHeader, relayHeader } from '../rooms/object/relay-sessions.ts'
import { openSocket, refuseSocket } from '../rooms/object/socket-response.ts'
import { limitsHere, Sockets } from '../rooms/object/sockets.ts'
import type { Attachment } from '../rooms/sessions/attachment.ts'
import { callerHeader, isIdentified, readCaller } from '../rooms/sessions/caller-context.ts'
import type { IdentifiedCaller } from '../rpc/channel.ts'
import type { RelayRpc } from '../rpc/relay.ts'
import { channelStub } from '../stubs.ts'
import { type DialedSocket, Dialer } from './dialer.ts'
import type { MemberAttachment, MemberSockets } from './members.ts'
import { circleOfRelay } from './plan.ts'
import { Relay } from './relay.ts'
import type { Parked } from './relay-ports.ts'
import { readRelays } from './settings.ts'
import { WakeUps } from './wake-ups.ts'
import { type MemberFrame, writeRelayHeader } from './wire.ts'

const parkedKey = 'parked'

/** The Durable Object of a relay, `<circle>/<region>/<number>`: it holds sockets of members of that circle. */
export class CircleRelay extends DurableObject<Env> implements RelayRpc {
  readonly #sockets: Sockets
  readonly #relay: Relay
  readonly #limits: Limits
  readonly #wakeUps: WakeUps

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
    this.#limits = limitsHere(readLimits(env.LIMITS, circle.limits))
    this.#sockets = new Sockets(state, this.#limits.unread_bytes)
    const attachments = this.#sockets.restore() as unknown as MemberAttachment[] // as `MemberSockets.store` stored them
    const dialer = new Dialer({
      open: () => this.#open(),
      opened: () => this.#run(now => this.#relay.opened(now)),
      received: text => this.#run(now => this.#relay.receive(text, now)),
      lost: () => this.#run(now => this.#relay.lost(now)),
    })
    this.#wakeUps = new WakeUps({
      setTimer(run, ms) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
      setAlarm: at => state.waitUntil(state.storage.setAlarm(at)),
      wake: () => this.#run(now => this.#relay.wake(now)),
    })
    const ports = {
      sockets: this.#memberSockets(),
      send: (text: string) => dialer.send(text),
      dial: () => state.waitUntil(dialer.dial()),
      hangUp: () => dialer.hangUp(),
      random: () => Math.random(),
      afterEventLoopTurn: (run: () => void) => void setTimeout(() => this.#run(run), 0),
      remember: (parked: Parked | null) => {
        if (parked === null) state.storage.kv.delete(parkedKey)
        else state.storage.kv.put(parkedKey, parked)
      },
    }
    const parked = state.storage.kv.get<Parked>(parkedKey) ?? null
    this.#relay = new Relay(ports, { attachments, parked }, Date.now())
    this.#schedule()
  }

  /** The upgrade of a member, which the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const caller = readCaller(request.headers.get(callerHeader))
    if (!isIdentified(caller)) return notHere('away')
    if (this.#relay.size >= (readRelays(this.env.RELAYS)?.size ?? 0)) return notHere('full')
    const { 0: client, 1: server } = new WebSocketPair()
    const refused = await this.#join(caller, server)
    if (refused === 'away') return notHere('away')
    return refused === null ? openSocket(client, caller, this.#relay.plan) : refuseSocket(refused)
  }

  /** The circle has something for this relay, which is parked. */
  wake(): void {
    this.#run(now => this.#relay.called(now))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const id = this.#sockets.idOf(socket)
    if (id !== null) this.#relay.frame(id, this.#memberFrame(frame), Date.now())
    this.#schedule()
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    const id = this.#sockets.idOf(socket)
    const isOpenSession = this.#sockets.attachmentOn(socket) !== null
    this.#sockets.answerClose(socket, code, reason)
    this.#run(now => {
      if (id !== null) this.#relay.left(id, code, now)
      else if (isOpenSession) this.#relay.leftAsleep(now) // its end woke this object, which did not find it among its sockets
    })
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006, '')
  }

  /** Never throws: the platform drops an alarm after six failures. */
  override alarm(): void {
    this.#wakeUps.alarmFired()
    this.#run(now => this.#relay.wake(now))
  }

  #join(caller: IdentifiedCaller, socket: WebSocket) {
    const answered = new Promise<Parameters<Parameters<Relay['join']>[1]['refuse']>[0] | null>(resolve => {
      const accept = (id: string) => {
        this.#sockets.accept(id, socket)
        resolve(null)
      }
      this.#relay.join(caller, { accept, refuse: resolve }, Date.now())
    })
    this.#schedule()
    return answered
  }

  #memberSockets(): MemberSockets {
    const sockets = this.#sockets
    return {
      deliver: (id, delivery) => sockets.deliver(id, delivery),
      close: (id, code, reason) => sockets.close(id, code, reason),
      store: (id, attachment) => sockets.store(id, attachment as unknown as Attachment),
      backlog: id => sockets.backlog(id),
      lastPingAt: id => sockets.lastPingAt(id),
      confirmReceived: id => sockets.confirmReceived(id),
    }
  }

  /** A frame that would be refused for its size is not sent on: its size is. */
  #memberFrame(frame: string | ArrayBuffer): MemberFrame {
    const most = this.#limits.drop_bytes
    if (typeof frame !== 'string') return { bytes: Math.min(frame.byteLength, most + 1) }
    return fits(frame, most) ? frame : { bytes: most + 1 }
  }

  async #open(): Promise<DialedSocket | null> {
    const name = this.ctx.id.name ?? ''
    const headers = { upgrade: 'websocket', [relayHeader]: writeRelayHeader(name) }
    const stub = channelStub(this.env, { kind: 'circle', name: circleOfRelay(name) })
    const response = await stub.fetch(new Request('https://channel/', { headers }))
    if (response.webSocket === null) await response.body?.cancel()
    response.webSocket?.accept()
    return response.webSocket
  }

  /** What throws here is a bug: the sockets would go on without what was to follow, so they are cut, and resume. */
  #run(act: (now: number) => void): void {
    try {
      act(Date.now())
      for (const id of this.#sockets.drainSlow()) this.#relay.dropSlow(id, Date.now())
      this.#schedule()
    } catch (error) {
      const channel = `circle:${circleOfRelay(this.ctx.id.name ?? '')}` as const
      createLogger(this.env.LOG, console)(faultRecord('relay', error, { channel }), Date.now())
      this.ctx.abort('a relay failed')
    }
  }

  #schedule(): void {
    this.#wakeUps.schedule(this.#relay, Date.now())
  }
}

/** A response to the Worker: this socket is not for this relay. */
function notHere(why: 'full' | 'away'): Response {
  return new Response(null, { status: 421, headers: { [planHeader]: why } })
}
