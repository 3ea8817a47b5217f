import type { TabCoordinator } from '../platform.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import { browserTabs } from './browser-tabs.ts'
import { SharedTransport, type SharedTransportListener } from './shared-transport.ts'
import type { Transport, TransportListener } from './transport.ts'

/** What a transport that shares a socket is made of. */
export type Sharing = {
  key: string // of the user and the channel
  tabs: TabCoordinator | 'browser' // browser: what the browser offers
  platform: SteadyPlatform
  listener: SharedTransportListener
  createOwn(listener: TransportListener): Transport // makes the socket of the tab that leads
}

/** Makes a transport that shares its socket with the other tabs, or has its own where tabs cannot reach each other. */
export function createSharedTransport(sharing: Sharing): Transport {
  const { listener, createOwn } = sharing
  const tabs = sharing.tabs === 'browser' ? browserTabs() : sharing.tabs
  return tabs === null ? createOwn(listener) : new SharedTransport({ ...sharing, tabs })
}
