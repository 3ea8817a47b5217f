import { useEffect, useState } from 'react'
import type { DeploymentStats } from '../../protocol/stats.ts'
import type { Identity } from '../nav/identity.ts'
import { type FeedState, openFeed } from './feed.ts'
import { type Sample, sampleOf, withSample } from './window.ts'

export type Seen = { state: FeedState; stats: DeploymentStats | null; samples: readonly Sample[]; now: number }

/** The figures as they change, and the time, which goes on also when nothing does. */
export function useStats(who: Identity | null): Seen {
  const [state, changed] = useState<FeedState>({ is: 'connecting' })
  const [figures, setFigures] = useState<{ stats: DeploymentStats | null; samples: readonly Sample[] }>(none)
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    setFigures(none)
    const heard = (stats: DeploymentStats): void => {
      const at = Date.now()
      setNow(at)
      setFigures(({ samples }) => ({ stats, samples: withSample(samples, sampleOf(stats, at)) }))
    }
    const close = openFeed(who, { heard, changed })
    const clock = setInterval(() => setNow(Date.now()), 1_000)
    return () => {
      close()
      clearInterval(clock)
    }
  }, [who])
  return { state, now, ...figures }
}

const none = { stats: null, samples: [] }
