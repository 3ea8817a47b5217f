import * as z from 'zod'
import { type CircleDefinition, defineCircle, defineProtocol } from '../../src/server/index.ts'

const protocol = defineProtocol({
  events: { noted: z.strictObject({ text: z.string() }), rang: z.strictObject({ name: z.string() }) },
  commands: {
    note: { role: 'member', data: z.strictObject({ text: z.string() }) },
    ring: { role: 'member', data: z.strictObject({ in_ms: z.int() }) },
  },
})

/** What a test replaces to see how the code of the circle is called. Tests and objects share this module. */
export const ownCode: Required<Pick<CircleDefinition<typeof protocol>, 'afterEvent' | 'onSchedule'>> = {
  afterEvent() {},
  onSchedule: (room, name) => void room.append('rang', { name }),
}

/** A circle with a handler after each event, and a schedule. */
export class OwnCircle extends defineCircle(protocol, {
  commands: {
    note: (room, { data }) => room.append('noted', data),
    ring: (room, { data, at }) => void room.schedule(at + data.in_ms, 'bell'),
  },
  afterEvent: (room, event) => ownCode.afterEvent(room, event),
  onSchedule: (room, name, payload) => ownCode.onSchedule(room, name, payload),
}) {
  /** How many events of a type it has logged. */
  count(type: string): number {
    const { sql } = this.ctx.storage
    return Number(sql.exec('SELECT count(*) AS count FROM events WHERE type = ?', type).one().count)
  }
}
