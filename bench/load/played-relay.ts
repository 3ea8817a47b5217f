import type { DownFrame, UpFrame } from '../../src/relay/wire.ts'
import type { RawClient } from './raw-client.ts'

const takenCharacters = 262_144 // after so many, a relay tells its circle that it has taken them
const joinsAtOnce = 100 // in one message, as a relay sends those of half a second
const joinTimeoutMs = 120_000

/** A relay to play: its circle, its name, and how many members join through it. */
export type PlayedRelay = { circle: string; name: string; members: number }

/** Plays a relay on a connection to its circle; resolves when its members have joined. What it sends then is from the first. */
export async function playRelay(client: RawClient, { circle, name, members }: PlayedRelay): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timeout = setTimeout(() => reject(new Error(`${name}: not everybody joined`)), joinTimeoutMs)
  const send = (frame: UpFrame | UpFrame[]) => client.sendFrame(JSON.stringify(frame))
  let taken = 0
  let joined = 0
  let sent = 0
  let speaker = ''
  client.receiver.ignoreRepeats = true // the sender gets its message with its ack, beside what is for all
  client.wrap = frames => {
    const up = frames.map((frame): UpFrame => ({ t: 'from', n: ++sent, session: speaker, frame }))
    return [JSON.stringify(up.length === 1 ? up[0] : up)] // as a relay sends what comes together
  }
  const handshake = (frame: DownFrame) => {
    if (frame.t === 'refused') reject(new Error(`${name}: ${JSON.stringify(frame)}`))
    if (frame.t === 'filled') {
      for (let first = 0; first < members; first += joinsAtOnce) {
        const count = Math.min(joinsAtOnce, members - first)
        send(Array.from({ length: count }, (_, at) => joinOf(circle, name, first + at)))
      }
    }
    if (frame.t !== 'joined') return
    joined += 1
    speaker ||= frame.session
    if (joined === members) resolve()
  }
  client.onPayload = text => {
    taken += text.length
    if (taken >= takenCharacters) {
      send({ t: 'taken', characters: taken })
      taken = 0
    }
    if (joined < members) handshake(JSON.parse(text) as DownFrame)
  }
  send({ t: 'hello', epoch: null, seq: null, sessions: [] })
  await promise.finally(() => clearTimeout(timeout))
}

function joinOf(circle: string, name: string, ref: number): UpFrame {
  return { t: 'join', ref, caller: callerOf(circle, `${name}-${ref}`) }
}

function callerOf(channel: string, id: string) {
  const principal = { id, name: id, kind: 'person', role: 'member', expires: null, issued: Date.now() } as const
  return { channel, principal, dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
}
