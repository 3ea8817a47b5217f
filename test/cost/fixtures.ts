import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, vi } from 'vitest'
import { type Counts, cost } from '../../src/protocol/cost/schema.ts'
import { askAs, join } from '../support/in-worker.ts'

export type Circle = Awaited<ReturnType<typeof aCircle>>

/** A circle in the runtime, made by ada, and its own word on what it counted. */
export async function aCircle(name: string) {
  const path = `/api/circles/${name}`
  await askAs('ada', 'POST', '/api/circles', { name })
  const stub = env.CIRCLES.getByName(name)
  return {
    stub,
    at: (path: string) => askAs('ada', 'GET', path),
    http: (method: string, rest: string, body?: unknown, who = 'ada') => askAs(who, method, path + rest, body),
    join: (who: string) => aMember(name, who),
    /** What it counted, the call that asks included. */
    async counted(): Promise<Counts> {
      return cost.parse((await askAs('ada', 'GET', `${path}/cost`)).json).counted
    },
    importLines: (lines: object[]) =>
      askAs(
        'ada',
        'POST',
        `${path}/import?replace=true`,
        lines.map(line => JSON.stringify(line)).join('\n'),
        'application/jsonl',
      ),
    audit: () => audit(stub),
  }
}
/** What was counted between two readings. */
export function differenceOf(after: Counts, before: Counts): Counts {
  const entries = Object.entries(after) as [keyof Counts, number][]
  return Object.fromEntries(entries.map(([key, count]) => [key, count - before[key]])) as Counts
}

async function aMember(circle: string, who: string) {
  const { webSocket, heard } = await join(`/ws/circles/${circle}?name=${who}`)
  let ids = 0
  const until = (isThere: () => boolean) => vi.waitFor(() => expect(isThere()).toBe(true), { timeout: 20_000 })
  await until(() => heard.length > 0)
  const answered = (id: string) => until(() => heard.some(({ data }) => data.id === id))
  const command = async (type: string, data: object) => {
    const id = `${who}-${++ids}`
    webSocket.send(JSON.stringify({ type, id, data }))
    await answered(id)
  }
  const count = (type: string) => heard.filter(frame => frame.type === type).length
  return {
    command,
    /** Says so many lines, one after the other. */
    async say(lines: number): Promise<void> {
      for (let line = 1; line <= lines; line++) await command('message', { content: `line ${line}` })
    },
    /** Asks an agent and waits for its whole answer. */
    async ask(content: string): Promise<void> {
      const before = count('agent_message')
      await command('message', { content })
      await until(() => count('agent_message') > before)
      await until(() => heard.findLast(({ type }) => type === 'agent_status')?.data.state === 'idle')
    },
    /** A ping that the runtime answers by itself. */
    async ping(): Promise<void> {
      const before = count('pong')
      webSocket.send('{"type":"ping"}')
      await until(() => count('pong') > before)
    },
    /** Pings in a spelling that the room has to answer. */
    async pingAloud(times: number): Promise<void> {
      const before = count('pong')
      for (let ping = 0; ping < times; ping++) webSocket.send('{"type": "ping"}')
      await until(() => count('pong') + count('error') >= before + times)
    },
    close: () => webSocket.close(1000),
  }
}

/** What the runtime itself counts from now on, beside the meter. */
async function audit(stub: DurableObjectStub) {
  const cursors: { rowsRead: number; rowsWritten: number }[] = []
  const seen = { alarms: 0 }
  await runInDurableObject(stub, (_, { storage }) => {
    const { sql } = storage
    const exec = sql.exec.bind(sql)
    const watched = (...given: Parameters<typeof exec>) => {
      const cursor = exec(...given)
      cursors.push(cursor)
      return cursor
    }
    sql.exec = watched as typeof sql.exec
    const counting = <Given extends unknown[], Result>(act: (...given: Given) => Result) => {
      return (...given: Given): Result => {
        seen.alarms += 1
        return act(...given)
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
