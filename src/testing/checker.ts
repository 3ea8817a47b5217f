// Checks from a recorded run that the log and every reader agree. It does not depend on how the run was made: load,
// chaos, fuzz and browser tests record the same few things.

/** A logged event as received over the wire, live or from the log. */
export type SeenEvent = { type: string; seq: number; id: string; timestamp: string; data: Record<string, unknown> }

/** An acknowledged message: the sender, its id for it, the seq of the ack and the content it sent. */
export type Acked = { user: string; id: string; seq: number; content: string }

/** The events that one reader received, in order: a list for each of its consecutive sockets. */
export type Reader = { name: string; sockets: SeenEvent[][]; caughtUp: boolean } // caughtUp: it read to the end

/** A recorded run. */
export type Run = { log: SeenEvent[]; acked: Acked[]; readers: Reader[] }

/** A broken rule of the protocol, and the evidence. */
export type Finding = { rule: 'L1' | 'L3' | 'L4' | 'L5' | 'R3' | 'T3'; what: string }

/** Returns every rule that this run broke. */
export function check(run: Run): Finding[] {
  const bySeq = new Map(run.log.map(event => [event.seq, event]))
  return [
    ...dense(run.log),
    ...once(run.log),
    ...endedOnce(run.log),
    ...run.acked.flatMap(acked => stored(acked, bySeq)),
    ...run.readers.flatMap(reader => gapless(reader, run.log.at(-1)?.seq ?? 0)),
    ...run.readers.flatMap(reader => matchesLog(reader, bySeq, rewritten(run.log))),
  ]
}

function dense(log: SeenEvent[]): Finding[] {
  return log.flatMap((event, index) => {
    const expected = (log[0]?.seq ?? 1) + index
    return event.seq === expected
      ? []
      : [{ rule: 'L1', what: `the log has seq ${event.seq} where ${expected} belongs` }]
  })
}

/** A sender's id is in the log at most once. */
function once(log: SeenEvent[]): Finding[] {
  const seen = new Map<string, number>()
  return log.flatMap(({ type, data, seq }) => {
    if (type !== 'message' || typeof data.client_id !== 'string') return []
    const key = JSON.stringify([data.user_id, data.client_id])
    const before = seen.get(key)
    seen.set(key, before ?? seq)
    return before === undefined ? [] : [{ rule: 'L3', what: `${key} is stored as ${before} and as ${seq}` }]
  })
}

/** A turn ends once: with one reply or one failure. */
function endedOnce(log: SeenEvent[]): Finding[] {
  const seen = new Map<unknown, number>()
  return log.flatMap(({ type, data, seq }) => {
    if (type !== 'agent_message' && type !== 'turn_failed') return []
    const before = seen.get(data.turn)
    seen.set(data.turn, before ?? seq)
    return before === undefined ? [] : [{ rule: 'T3', what: `turn ${data.turn} ended as ${before} and as ${seq}` }]
  })
}

/** An acknowledged message is in the log under the seq of its ack. */
function stored({ user, id, seq, content }: Acked, log: Map<number, SeenEvent>): Finding[] {
  const event = log.get(seq)
  const claim = `${user} received an ack of ${id} with seq ${seq}`
  if (!event) return [{ rule: 'L4', what: `${claim}, and it is not in the log` }]
  const { user_id, client_id, content: text, deleted } = event.data
  const same = user_id === user && client_id === id && (text === content || deleted === true)
  return same ? [] : [{ rule: 'L4', what: `${claim}, and the log has ${JSON.stringify(event)} there` }]
}

/** Each event follows the one before, also from one socket to the next, and the last is the log's last. */
function gapless(reader: Reader, head: number): Finding[] {
  const found: Finding[] = []
  let last: number | null = null
  for (const [socket, events] of reader.sockets.entries()) {
    for (const [index, { seq }] of events.entries()) {
      const rule = index === 0 ? 'R3' : 'L5' // the first event of a socket shows whether the resume was exact
      if (last !== null && seq !== last + 1) {
        found.push({ rule, what: `${reader.name} saw ${seq} after ${last}, on socket ${socket + 1}` })
      }
      last = seq
    }
  }
  if (reader.caughtUp && (last ?? 0) !== head) {
    found.push({ rule: 'R3', what: `${reader.name} ended at ${last ?? 'nothing'}, the log at ${head}` })
  }
  return found
}

/** Every delivered event is stored as it was delivered: it must not be sent before it is on disk. */
function matchesLog(reader: Reader, log: Map<number, SeenEvent>, changed: Set<unknown>): Finding[] {
  return reader.sockets.flat().flatMap((event): Finding[] => {
    const stored = log.get(event.seq)
    if (!stored) return [{ rule: 'L4', what: `${reader.name} received ${event.seq}, which is not in the log` }]
    const same = fingerprint(event, changed) === fingerprint(stored, changed)
    return same ? [] : [{ rule: 'L5', what: `${reader.name} has another event ${event.seq} than the log` }]
  })
}

/** Seqs whose content was edited or deleted later: there a reader and the log may differ. */
function rewritten(log: SeenEvent[]): Set<unknown> {
  return new Set(log.flatMap(({ type, data }) => (/^message_(edited|deleted)$/.test(type) ? [data.target] : [])))
}

function fingerprint({ type, seq, id, timestamp, data }: SeenEvent, changed: Set<unknown>): string {
  const sorted = Object.entries(data).toSorted(([a], [b]) => a.localeCompare(b))
  return JSON.stringify([type, seq, id, timestamp, changed.has(seq) ? null : sorted])
}
