import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { type Counts, cost } from '../../src/protocol/cost/schema.ts'
import { eventually } from '../support/eventually.ts'
import { askAs, join } from '../support/in-worker.ts'

/** A circle in the runtime and the requests to it. */
export type Circle = Awaited<ReturnType<typeof aCircle>>

/** Creates a circle in the runtime, owned by ada, with the counts of its own meter. */
export async function aCircle(name: string) {
  const path = `/api/circles/${name}`
  await askAs('ada', 'POST', '/api/circles', { name })
  const stub = env.CIRCLES.getByName(name)
  return {
    stub,
    at: (path: string) => askAs('ada', 'GET', path),
    http: (method: string, rest: string, body?: unknown, who = 'ada') => askAs(who, method, path + rest, body),
    join: (who: string) => aMember(name, who),
    /** Its counts, including this request. */
    async counted(): Promise<Counts> {
      return cost.parse((await askAs('ada', 'GET', `${path}/cost`)).json).counted
    },
    importLog: (events: object[]) =>
      askAs(
        'ada',
        'POST',
        `${path}/import?replace=true`,
        events.map(event => JSON.stringify(event)).join('\n'),
        'application/jsonl',
      ),
    audit: () => audit(stub),
  }
}
/** Returns the counts between two readings. */
export function differenceOf(after: Counts, before: Counts): Counts {
  const entries = Object.entries(after) as [keyof Counts, number][]
  return Object.fromEntries(entries.map(([key, count]) => [key, count - before[key]])) as Counts
}

async function aMember(circle: string, who: string) {
  const { webSocket, frames } = await join(`/ws/circles/${circle}?name=${who}`)
  let ids = 0
  const until = (condition: () => boolean) => eventually(() => expect(condition()).toBe(true))
  await until(() => frames.length > 0)
  const response = (id: string) => until(() => frames.some(({ data }) => data.id === id))
  const command = async (type: string, data: object) => {
    const id = `${who}-${++ids}`
    webSocket.send(JSON.stringify({ type, id, data }))
    await response(id)
  }
  const count = (type: string) => frames.filter(frame => frame.type === type).length
  return {
    command,
    /** Sends messages, one after another. */
    async send(count: number): Promise<void> {
      for (let number = 1; number <= count; number++) await command('message', { content: `line ${number}` })
    },
    /** Prompts an agent and waits for its whole reply. */
    async prompt(content: string): Promise<void> {
      const before = count('agent_message')
      await command('message', { content })
      await until(() => count('agent_message') > before)
      await until(() => frames.findLast(({ type }) => type === 'agent_status')?.data.state === 'idle')
    },
    /** Sends a ping that the runtime answers. */
    async ping(): Promise<void> {
      const before = count('pong')
      webSocket.send('{"type":"ping"}')
      await until(() => count('pong') > before)
    },
    /** Sends pings in a spelling that the room has to answer. */
    async pingRoom(times: number): Promise<void> {
      const before = count('pong')
      for (let ping = 0; ping < times; ping++) webSocket.send('{"type": "ping"}')
      await until(() => count('pong') + count('error') >= before + times)
    },
    close: () => webSocket.close(1000),
  }
}

/** Counts from now on what the runtime does, independently of the meter. */
async function audit(stub: DurableObjectStub) {
  const cursors: { rowsRead: number; rowsWritten: number }[] = []
  const seen = { alarms: 0 }
  await runInDurableObject(stub, (_, { storage }) => {
    const { sql } = storage
    const exec = sql.exec.bind(sql)
    const countingExec = (...args: Parameters<typeof exec>) => {
      const cursor = exec(...args)
      cursors.push(cursor)
      return cursor
    }
    sql.exec = countingExec as typeof sql.exec
    const counting = <Args extends unknown[], Result>(act: (...args: Args) => Result) => {
      return (...args: Args): Result => {
        seen.alarms += 1
        return act(...args)
      }
    }
    storage.setAlarm = counting(storage.setAlarm.bind(storage))
    storage.deleteAlarm = counting(storage.deleteAlarm.bind(storage))
  })
  return {
    get alarms() {
      return seen.alarms
    },
    take: () =>
      runInDurableObject(stub, () => ({
        rows_read: sum(cursors.map(({ rowsRead }) => rowsRead)),
        rows_written: sum(cursors.map(({ rowsWritten }) => rowsWritten)),
        alarm_sets: seen.alarms,
      })),
  }
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
