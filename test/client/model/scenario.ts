import { expect } from 'vitest'
import { type Channel, CirclesError, createClient, type SentMessage } from '../../../src/client/client.ts'
import { builtinCommands } from '../../../src/protocol/commands/commands.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { FakeBrowser, type FakeTab } from '../fake-browser.ts'
import { type FakePlatform, fakePlatform } from '../fake-platform.ts'
import { type FakeRoom, fakeRoom } from '../fake-room.ts'

/** A message that some tab of the user sent, and what became of its promise. */
type Sent = {
  tab: number // number of its tab: its order is kept
  content: string
  outcome: 'pending' | 'stored' | 'refused' | 'abandoned' // abandoned: its tab was killed
  discarded: boolean // before it left its tab
  retried: boolean // after it had failed: others may have overtaken it
}

/** A tab with the client in it. */
export type ClientTab = {
  number: number
  tab: FakeTab
  circle: Channel
  unsubscribe: (() => void) | null
  unsettled: number // promises
  phase: { name: string; ms: number } // how long it has been in this phase while its code ran
}

// The longest time in a phase that is neither live nor an end: 15 s for a step of an attempt, 30 s between two
// attempts, and 20 s until a tab gives up on a leader that does not answer.
const longestPhaseMs = 60_000
const stepMs = 500

/** One user's tabs, a room, the network between them, and what must hold at every moment. */
export class Scenario {
  readonly platform: FakePlatform
  readonly room: FakeRoom
  readonly browser: FakeBrowser
  readonly tabs: ClientTab[] = []
  readonly sent: Sent[] = []
  isOnline = true
  token = 1 // the oldest one that the server accepts
  #tabs = 0
  #arrivals = new Map<object, { at: number; isEphemeral: boolean }[]>() // of frames, by peer

  constructor() {
    const room = fakeRoom(run => void this.platform.after(1, run))
    this.room = room
    this.platform = fakePlatform({ socket: (url, protocols) => this.#socket(url, protocols) })
    this.browser = new FakeBrowser(this.platform)
    room.intercept = (peer, { type }) => {
      const arrival = { at: this.platform.clock.now, isEphemeral: builtinCommands.get(type)?.coalesceKey !== undefined }
      this.#arrivals.set(peer, [...(this.#arrivals.get(peer) ?? []), arrival])
      return 'accept'
    }
  }

  /** Opens a tab whose token is the one that was valid when it was last renewed. */
  openTab(): void {
    const { clock } = this.platform
    const tab = this.browser.open({ monotonicNow: () => clock.now, fetch: async (_, init) => this.#fetch(init) })
    const number = ++this.#tabs
    let token = this.token
    const client = createClient('http://circles.test', {
      userKey: 'ada',
      platform: tab.platform,
      token: ({ renew }) => {
        if (renew) token = this.token
        return `${token}`
      },
    })
    const opened: ClientTab = {
      ...{ number, tab, circle: client.circle('lobby') },
      ...{ unsubscribe: null, unsettled: 0, phase: { name: '', ms: 0 } },
    }
    this.tabs.push(opened)
    this.subscribe(opened)
  }

  subscribe(tab: ClientTab): void {
    tab.unsubscribe ??= tab.circle.subscribe(() => {})
  }

  send(tab: ClientTab): void {
    const { circle, number } = tab
    const content = `${number}.${this.sent.length}.`
    const entry: Sent = { tab: number, content, outcome: 'pending', discarded: false, retried: false }
    this.sent.push(entry)
    this.track(
      tab,
      circle.send(content).then(
        (_: SentMessage) => {
          entry.outcome = 'stored'
        },
        error => {
          expect(error).toBeInstanceOf(CirclesError)
          entry.outcome = 'refused'
        },
      ),
    )
  }

  /** Discards the first message of a tab that was not sent. */
  discard({ circle }: ClientTab): void {
    const message = circle.state.pending.find(({ state }) => state === 'waiting' || state === 'failed')
    if (message === undefined) return
    const entry = this.sent.find(({ content }) => content === message.data.content)
    circle.discard(message.id)
    if (entry !== undefined && !this.browser.out.some(text => text.includes(entry.content))) entry.discarded = true
  }

  retry({ circle }: ClientTab): void {
    for (const { id, state, data } of circle.state.pending) {
      if (state !== 'failed') continue
      circle.retry(id)
      for (const entry of this.sent) if (entry.content === data.content) entry.retried = true
    }
  }

  kill(tab: ClientTab): void {
    tab.tab.kill()
    this.tabs.splice(this.tabs.indexOf(tab), 1)
    for (const entry of this.sent)
      if (entry.tab === tab.number && entry.outcome === 'pending') entry.outcome = 'abandoned'
  }

  /** Counts a promise until it settles. */
  track(tab: ClientTab, promise: Promise<unknown>): void {
    tab.unsettled++
    const settled = (): void => {
      tab.unsettled--
    }
    promise.then(settled, settled)
  }

  /** Lets time pass, and checks how long each tab has been in its phase. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await this.platform.advance(Math.min(left, stepMs))
      for (const tab of this.tabs) this.#checkPhase(tab, Math.min(left, stepMs))
    }
  }

  /** Everything works again; after a while every tab must be as if nothing had happened. */
  async recover(): Promise<void> {
    this.isOnline = true
    if (this.tabs.length === 0) this.openTab()
    for (const tab of this.tabs) {
      tab.tab.thaw()
      this.subscribe(tab)
      tab.circle.reconnect()
    }
    await this.advance(100_000)
    for (const tab of this.tabs) tab.circle.reconnect()
    await this.advance(30_000)
  }

  checkEnd(): void {
    const log = this.room.log.map(({ data }) => ('content' in data ? data.content : ''))
    for (const { circle, unsettled } of this.tabs) {
      expect(unsettled).toBe(0)
      expect(circle.state.connection.phase).toMatch(/live|probing/)
      expect(circle.state.entries.map(({ content }) => content)).toEqual(log)
      expect(circle.state.pending.filter(({ state }) => state !== 'failed')).toEqual([])
    }
    const alive = this.sent.filter(({ outcome }) => outcome !== 'abandoned')
    expect(alive.filter(({ outcome }) => outcome === 'pending')).toEqual([])
    this.checkMessages(log)
  }

  checkMessages(log: string[]): void {
    for (const { content, outcome, discarded } of this.sent) {
      const count = log.filter(other => other === content).length
      expect({ content, count }).toEqual({ content, count: outcome === 'stored' ? 1 : Math.min(count, 1) })
      if (discarded) expect({ content, count }).toEqual({ content, count: 0 })
    }
    for (let tab = 1; tab <= this.#tabs; tab++) {
      const inOrder = this.sent.filter(entry => entry.tab === tab && !entry.retried).map(({ content }) => content)
      const own = log.filter(content => inOrder.includes(content)).map(content => Number(content.split('.')[1]))
      expect(own).toEqual([...own].sort((one, other) => one - other))
    }
  }

  /** No socket sent more than the server's rate limits allow. */
  checkRate(): void {
    const { message_burst, messages_per_second, ephemeral_burst, ephemeral_per_second } = limits
    for (const arrivals of this.#arrivals.values()) {
      const timesOf = (ephemeral: boolean) => arrivals.filter(one => one.isEphemeral === ephemeral).map(({ at }) => at)
      checkLevel(timesOf(false), message_burst, messages_per_second)
      checkLevel(timesOf(true), ephemeral_burst, ephemeral_per_second)
    }
  }

  #checkPhase(tab: ClientTab, ms: number): void {
    if (tab.tab.isFrozen) return
    const { phase, attempt } = tab.circle.state.connection
    const name = `${phase} ${attempt}`
    tab.phase = { name, ms: tab.phase.name === name ? tab.phase.ms + ms : 0 }
    const isEndless = /^(live|idle|ended)/.test(name)
    if (!isEndless && tab.phase.ms > longestPhaseMs)
      throw new Error(`expected a tab to leave ${name} within ${longestPhaseMs} ms, got ${tab.phase.ms} ms`)
    expect(phase).not.toBe('signed_out') // the next token is always good
  }

  #socket(url: string, protocols: string[]) {
    if (!this.isOnline) throw new Error('offline')
    return this.room.socket(url, protocols)
  }

  #fetch({ headers }: RequestInit): Response {
    if (!this.isOnline) throw new Error('offline')
    const token = Number(new Headers(headers).get('authorization')?.split(' ')[1])
    if (token < this.token) return Response.json({ error: { code: 'token_expired', message: '' } }, { status: 401 })
    return Response.json({ ticket: 't' }, { status: 201 })
  }
}

/** A bucket from which the arrivals take is never empty. */
function checkLevel(arrivals: readonly number[], burst: number, perSecond: number): void {
  let level = burst
  let before = arrivals[0] ?? 0
  for (const at of arrivals) {
    level = Math.min(burst, level + ((at - before) / 1000) * perSecond) - 1
    before = at
    expect(level).toBeGreaterThan(-1e-6)
  }
}
