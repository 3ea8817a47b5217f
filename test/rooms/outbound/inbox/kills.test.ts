import { expect, test } from 'vitest'
import { InboxStore } from '../../../../src/deployment/inbox/inbox-store.ts'
import type { Addressed } from '../../../../src/rooms/outbound/inbox/addressees.ts'
import { InboxFeed, inboxFeed } from '../../../../src/rooms/outbound/inbox/feed.ts'
import { readers } from '../../../../src/rooms/outbound/inbox/readers.ts'
import { nodeSql } from '../../../support/node-sql.ts'
import { randomChoices, seeds } from '../../../support/random.ts'
import { TestRoom, type TestSession } from '../../../support/test-room.ts'

// CIRCLES_MENTIONS: how many; 50 in each circle.
const mentions = Number(globalThis.process?.env['CIRCLES_MENTIONS'] ?? 1_000)
const perCircle = 50
const kills = 20
const names = Array.from({ length: 20 }, (_, index) => `person-${index}x`)

const limits = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9, user_message_burst: 1e6 }

/** A delivery in flight: it may arrive and its answer be lost, if either object dies. */
type Job = { circle: Circle; life: number; seq: number; addressed: readonly Addressed[] }

class Circle {
  life = 0 // of its object
  left = perCircle // mentions to write
  writer: TestSession
  readonly room: TestRoom
  readonly channel: string

  constructor(name: string, jobs: Job[]) {
    this.channel = `circle:${name}`
    const send = (seq: number, addressed: readonly Addressed[]) =>
      void jobs.push({ circle: this, life: this.life, seq, addressed })
    this.room = new TestRoom({ name, limits, tables: { components: [readers, inboxFeed(send)] } })
    for (const person of names) this.room.disconnect(this.room.open(person))
    this.writer = this.room.open('bob')
  }

  kill(): void {
    this.life++
    this.room.crash()
    this.writer = this.room.open('bob')
  }

  finish(seq: number, ok: boolean): void {
    const { room } = this
    const result = ok ? ({ ok: true } as const) : { ok: false as const, error: 'gone', gone: false }
    room.step(it => it.run(({ components }) => components.get(InboxFeed).finished(seq, result, room.now), room.now))
  }
}

test.each(seeds(1))('mentions reach their inboxes once each and in order, whatever dies: seed %i', seed => {
  const random = randomChoices(seed)
  const jobs: Job[] = []
  const circles = Array.from({ length: mentions / perCircle }, (_, index) => new Circle(`c${index}`, jobs))
  const inboxes = new Map(names.map(name => [name, { sql: nodeSql(), arrived: [] as string[] }]))
  const stores = new Map<string, InboxStore>()
  const expected = new Map(names.map(name => [name, new Map<string, number[]>()]))

  const write = (circle: Circle): void => {
    const name = random.pick(names)
    circle.left--
    circle.room.sendMessage(circle.writer, `@${name}, look`)
    const { head } = circle.room.room.context.log
    const seqs = expected.get(name)?.get(circle.channel) ?? []
    expected.get(name)?.set(circle.channel, [...seqs, head])
  }
  const deliver = ({ circle, life, seq, addressed }: Job): void => {
    const isLost = random.chance(0.02) // the inbox dies before it has stored this
    for (const { user, news } of isLost ? [] : addressed) {
      const inbox = inboxes.get(user)
      if (inbox === undefined || 'closed' in news) throw new Error('expected a mention of one of the people')
      const store = stores.get(user) ?? new InboxStore(inbox.sql)
      stores.set(user, store)
      if (store.add(news) !== null) inbox.arrived.push(`${news.channel} ${news.seq}`)
    }
    if (circle.life === life) circle.finish(seq, !isLost) // else the answer finds nobody
  }
  let killed = 0
  while (circles.some(({ left }) => left > 0)) {
    const open = circles.filter(({ left }) => left > 0)
    write(random.pick(open))
    while (jobs.length > 0 && random.chance(0.6)) {
      const [job] = jobs.splice(random.roll(jobs.length), 1)
      if (job !== undefined) deliver(job)
    }
    if (killed < kills && random.chance((kills * 2) / mentions)) {
      killed++
      random.pick(circles).kill()
      stores.delete(random.pick(names))
    }
  }
  while (killed++ < kills) random.pick(circles).kill()
  for (let round = 0; round < 1_000 && (round < 2 || jobs.length > 0); round++) {
    for (const job of jobs.splice(0)) deliver(job)
    for (const { room } of circles) room.advance(60_000)
  }
  for (const [name, { sql, arrived }] of inboxes) {
    const byCircle = Map.groupBy(arrived, text => text.split(' ')[0] ?? '')
    const seqs = new Map([...byCircle].map(([channel, all]) => [channel, all.map(text => Number(text.split(' ')[1]))]))
    expect(seqs, `seed ${seed}, ${name}`).toEqual(expected.get(name))
    const kept = new InboxStore(sql).items(1_000, true)
    expect(kept.length, `seed ${seed}, ${name}`).toBe(arrived.length)
  }
})
