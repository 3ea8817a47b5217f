import type { Figures } from '../load/measurement.ts'
import type { Meter } from '../load/process-usage.ts'
import type { Target } from '../load/target.ts'
import type { Contestant } from '../subjects/subject.ts'
import type { Scale } from './profiles.ts'

/** Where a scenario is played: a server of its own, and its meter. `size` is one of the scenario's sizes. */
export type Stage = { target: Target; meter: Meter; size: number; scale: Scale }

/** One line of the outcome: what was done, and the figures. */
export type Row = { cell: string; figures: Figures }

/** A figure as a table shows it. */
export type Column = { figure: string; title: string; digits: number; better: 'less' | 'more' | null }

export type Scenario = {
  name: string
  about: string
  /** Each size is measured on a server that was started for it. */
  sizes(scale: Scale): readonly number[]
  columns: readonly Column[]
  /** Who can take part; everybody, if it is not said. */
  suits?(contestant: Pick<Contestant, 'dialect' | 'keeps'>): boolean
  /** The figure of a cell that the chart shows, and by which contestants are compared. */
  chart(cell: string): string
  /** Fills a server's storage with what the scenario begins with. */
  seed?(target: Target, scale: Scale): Promise<void>
  /** Does the rest in the SQLite files, one by one, after the server has ended. */
  grow?(file: string, scale: Scale): void
  play(stage: Stage): Promise<Row[]>
}

export const column = (figure: string, title: string, digits: number, better: Column['better'] = null): Column => ({
  figure,
  title,
  digits,
  better,
})

/** What is shown of any stretch of talk. */
export const talkColumns: readonly Column[] = [
  column('deliveries_per_s', 'deliveries/s', 0, 'more'),
  column('cpu_us', 'CPU µs/delivery', 2, 'less'),
  column('p50_ms', 'p50 ms', 2, 'less'),
  column('p99_ms', 'p99 ms', 2, 'less'),
  column('events_per_frame', 'events/frame', 1),
  column('memory_mb', 'memory MB', 0, 'less'),
]
