import { useEffect, useState } from 'react'
import type { DeploymentStats, StatsFrame } from '../../protocol/stats.ts'
import { type FeedState, openFeed } from '../lib/feed.ts'
import type { Identity } from '../nav/identity.ts'
import { type Sample, sampleOf, withSample } from './window.ts'

/** The latest stats (null before the first), the samples of the window, and the time in ms since the Unix epoch. */
export type StatsView = { state: FeedState; stats: DeploymentStats | null; samples: readonly Sample[]; now: number }

/** Returns the stats as they change; renders at least once a second, so that the window moves on. */
export function useStats(identity: Identity | null): StatsView {
  const [state, setState] = useState<FeedState>({ phase: 'connecting' })
  const [received, setReceived] = useState<Pick<StatsView, 'stats' | 'samples'>>(nothingReceived)
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setReceived(nothingReceived)
    const onFrame = ({ data: stats }: StatsFrame): void => {
      const at = Date.now()
      setNow(at)
      setReceived(({ samples }) => ({ stats, samples: withSample(samples, sampleOf(stats, at)) }))
    }
    const feed = openFeed<StatsFrame>(identity, source, { onFrame, onState: setState })
    const clock = setInterval(() => setNow(Date.now()), 1_000)
    return () => {
      feed.close()
      clearInterval(clock)
    }
  }, [identity])
  return { state, now, ...received }
}

const source = { path: '/ws/stats', resource: 'deployment:stats', probe: '/api/stats' }

const nothingReceived = { stats: null, samples: [] }
