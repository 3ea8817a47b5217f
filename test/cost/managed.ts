// The published prices of managed services. Their pages were not reachable when this was written: the figures come from
// stored copies of varying age. `second`: from a third party's copy only, not from the provider's own page.

/** A month of an example in the units of a service that sells messages and connections. */
export type Load = {
  published: number // messages and replies, each once
  delivered: number // the same, once per receiver
  busiestDay: number // both, on the day with the most
  peak: number // concurrent sockets
  users: number
  connectionMinutes: number
  channelMinutes: number
}

/** Dollars a month, and the plan; null: no plan with a published price is enough. */
export type Offer = { dollars: number; plan: string } | null

/** A managed service and its price for a load. */
export type Service = {
  name: string
  read: 'first' | 'second'
  source: string
  offer(load: Load): Offer
}

/** The day on which the copies were read. */
export const readOn = '2026-11-21'

type Tier = [upToMillions: number, perMillion: number]

/** The price of an amount in tiers; each started million is paid in full. */
function tiered(amount: number, tiers: Tier[]): number {
  let left = Math.ceil(amount / 1_000_000)
  let dollars = 0
  for (const [size, price] of tiers) {
    const inTier = Math.min(left, size)
    dollars += inTier * price
    left -= inTier
  }
  return dollars
}

const ablyMessages: Tier[] = [
  [50, 2.5],
  [450, 2.25],
  [4_500, 1.95],
  [15_000, 1.65],
]
const ablyMinutes: Tier[] = [
  [10, 1],
  [90, 0.95],
  [900, 0.85],
]

const pusherPlans: [plan: string, dollars: number, connections: number, messagesPerDay: number][] = [
  ['Sandbox', 0, 100, 200_000],
  ['Startup', 49, 500, 1_000_000],
  ['Pro', 99, 2_000, 4_000_000],
  ['Business', 299, 5_000, 10_000_000],
  ['Premium', 499, 10_000, 20_000_000],
  ['Growth', 699, 15_000, 40_000_000],
  ['Plus', 899, 20_000, 60_000_000],
  ['Growth Plus', 1_199, 30_000, 90_000_000],
]

/** The services that docs/cost.md compares. */
export const services: Service[] = [
  {
    name: 'Ably, by consumption',
    read: 'first',
    source: 'https://ably.com/docs/platform/pricing/resource-based',
    offer({ published, delivered, peak, connectionMinutes, channelMinutes }) {
      const messages = published * 2 + delivered // each is stored too, which counts as one more
      if (messages <= 6_000_000 && peak <= 200) return { dollars: 0, plan: 'Free' }
      const used = tiered(messages, ablyMessages)
      const minutes = tiered(connectionMinutes, ablyMinutes) + tiered(channelMinutes, ablyMinutes)
      return peak <= 10_000 ? { dollars: 29 + used + minutes, plan: 'Standard' } : null
    },
  },
  {
    name: 'Supabase Realtime',
    read: 'first',
    source: 'https://supabase.com/docs/guides/platform/manage-your-usage/realtime-messages',
    offer({ published, delivered, peak }) {
      const messages = published + delivered
      if (messages <= 2_000_000 && peak <= 200) return { dollars: 0, plan: 'Free' }
      const extraMessages = Math.max(0, Math.ceil((messages - 5_000_000) / 1_000_000)) * 2.5
      const extraPeak = Math.max(0, Math.ceil((peak - 500) / 1_000)) * 10
      return peak <= 10_000 ? { dollars: 25 + extraMessages + extraPeak, plan: 'Pro' } : null
    },
  },
  {
    name: 'Pusher Channels',
    read: 'second',
    source: 'https://github.com/api-evangelist/pusher/blob/main/plans/pusher-plans-pricing.yml',
    offer({ peak, busiestDay }) {
      const plan = pusherPlans.find(([, , connections, messages]) => peak <= connections && busiestDay <= messages)
      return plan === undefined ? null : { dollars: plan[1], plan: plan[0] }
    },
  },
  {
    name: 'PubNub, by monthly users',
    read: 'second',
    source: 'https://github.com/api-evangelist/pubnub/blob/main/plans/pubnub-plans-pricing.yml',
    offer({ users }) {
      if (users <= 200) return { dollars: 0, plan: 'Free' }
      if (users <= 1_000) return { dollars: 98, plan: 'Starter' }
      return users <= 5_000 ? { dollars: 370, plan: 'Pro' } : null
    },
  },
]
