import fc from 'fast-check'
import type { ClientTab, Scenario } from './scenario.ts'

type Model = Record<string, never>
type Command = fc.AsyncCommand<Model, Scenario>

/** A step that needs nothing. */
function step(name: string, run: (scenario: Scenario) => void | Promise<void>): Command {
  return {
    check: () => true,
    async run(_, scenario) {
      await run(scenario)
      await scenario.platform.advance(0)
      scenario.checkRate()
    },
    toString: () => name,
  }
}

/** A step of one of the tabs, if there is any; a frozen one does nothing. */
function tabStep(name: string, act: (scenario: Scenario, tab: ClientTab) => void): fc.Arbitrary<Command> {
  return fc.nat(2).map(index =>
    step(`${name} ${index}`, scenario => {
      const tab = scenario.tabs[index % Math.max(1, scenario.tabs.length)]
      if (tab !== undefined && !tab.tab.isFrozen) act(scenario, tab)
    }),
  )
}

/** Everything that can happen to the tabs of a user, the network, the server and the clock. */
export const steps: fc.Arbitrary<Command>[] = [
  ...[0, 0, 0].map(() => tabStep('send', (scenario, tab) => scenario.send(tab))),
  tabStep('discard', (scenario, tab) => scenario.discard(tab)),
  tabStep('retry', (scenario, tab) => scenario.retry(tab)),
  tabStep('edit', (scenario, tab) => scenario.track(tab, tab.circle.edit(1, 'better'))),
  tabStep('history', (scenario, tab) => scenario.track(tab, tab.circle.history({ after: 0 }))),
  tabStep('presence', (_, { circle }) => circle.setPresence({ at: Math.PI })),
  tabStep('signals', (_, { circle }) => {
    for (let count = 0; count < 40; count++) circle.signal('cursor', count)
  }),
  tabStep('reactions', (scenario, tab) => {
    for (let count = 0; count < 40; count++) scenario.track(tab, tab.circle.react(1, `${count}`))
  }),
  tabStep('leave', (_, tab) => {
    tab.unsubscribe?.()
    tab.unsubscribe = null
  }),
  tabStep('return', (scenario, tab) => scenario.subscribe(tab)),
  tabStep('disconnect', (_, { circle }) => circle.disconnect()),
  tabStep('reconnect', (_, { circle }) => circle.reconnect()),
  tabStep('ping', (_, { circle }) => circle.ping()),
  tabStep('freeze', (_, { tab }) => tab.freeze()),
  tabStep('kill', (scenario, tab) => scenario.kill(tab)),
  fc.nat(2).map(index => step(`thaw ${index}`, ({ tabs }) => tabs[index % Math.max(1, tabs.length)]?.tab.thaw())),
  fc.constant(step('open', scenario => void (scenario.tabs.length < 3 && scenario.openTab()))),
  fc.constant(step('post', ({ room }) => void room.post('theirs'))),
  fc.constantFrom(1006, 4401, 4429, 1012).map(code =>
    step(`close ${code}`, ({ room }) => {
      for (const peer of room.peers) peer.close(code)
    }),
  ),
  fc.constant(
    step('vanish', ({ room }) => {
      for (const peer of room.peers) peer.vanish()
    }),
  ),
  fc.constant(
    step('offline', scenario => {
      scenario.isOnline = false
      for (const peer of scenario.room.peers) peer.close()
    }),
  ),
  fc.constant(
    step('online', scenario => {
      scenario.isOnline = true
    }),
  ),
  fc.constant(
    step('expire', scenario => {
      scenario.token++
    }),
  ),
  fc.integer({ min: -7_200_000, max: 7_200_000 }).map(ms =>
    step(`set the clock by ${ms}`, ({ platform }) => {
      platform.clock.skew += ms
    }),
  ),
  ...[0, 0, 0, 0].map(() =>
    fc.oneof(fc.nat(5), fc.nat(5_000), fc.nat(60_000)).map(ms => step(`wait ${ms}`, scenario => scenario.advance(ms))),
  ),
]
