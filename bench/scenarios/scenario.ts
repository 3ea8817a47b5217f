import type { Figures } from '../load/measurement.ts'
import type { ProcessUsage } from '../load/process-usage.ts'
import type { ServerTarget } from '../load/target.ts'
import type { Subject } from '../subjects/subject.ts'
import type { LoadProfile } from './profiles.ts'

/** A run of a scenario: the server, its process usage, one of the scenario's sizes, and the load profile. */
export type ScenarioContext = { target: ServerTarget; usage: ProcessUsage; size: number; profile: LoadProfile }

/** The figures of one variant of a scenario, such as `100 receivers, bursts of 16`. */
export type VariantFigures = { variant: string; figures: Figures }

/** A figure as a table shows it. */
export type Column = { figure: string; title: string; digits: number; better: 'less' | 'more' | null }

/** A measurement that every subject can run. */
export type Scenario = {
  name: string
  title: string // its heading in the report
  description: string
  /** Each size is measured on a server that is started for it. */
  sizes(profile: LoadProfile): readonly number[]
  columns: readonly Column[]
  /** Returns whether a subject can run this scenario; all can if it is absent. */
  supports?(subject: Pick<Subject, 'name' | 'protocol' | 'persists' | 'onlyRelays'>): boolean
  isOfDocuments?: true // shared documents, not chat
  readsHeap?: true // of workerd's isolate, over its inspector
  isOfRelays?: true // a circle's object or a relay by itself, while the generator plays the other
  /** Returns the figure that the chart shows for a variant, and that subjects are compared by. */
  primaryFigure(variant: string): string
  /** Fills a server's storage with the scenario's initial state. */
  seed?(target: ServerTarget, profile: LoadProfile): Promise<void>
  /** Extends the seeded SQLite files, one by one, after the server has stopped. */
  extendSeed?(file: string, profile: LoadProfile): void
  run(context: ScenarioContext): Promise<VariantFigures[]>
}

/** Returns whether a subject can run a scenario. */
export function supports(scenario: Scenario, subject: Subject): boolean {
  const isOfItsKind = scenario.isOfDocuments === true || subject.onlyDocuments !== true
  if (subject.onlyRelays === true && scenario.isOfRelays !== true) return false
  return isOfItsKind && (scenario.supports?.(subject) ?? true)
}

/** Describes a column; `better` says which direction is an improvement. */
export const column = (figure: string, title: string, digits: number, better: Column['better'] = null): Column => ({
  figure,
  title,
  digits,
  better,
})

/** The columns of every scenario that measures deliveries. */
export const deliveryColumns: readonly Column[] = [
  column('deliveries_per_s', 'deliveries/s', 0, 'more'),
  column('cpu_us', 'CPU µs/delivery', 2, 'less'),
  column('p50_ms', 'p50 ms', 2, 'less'),
  column('p99_ms', 'p99 ms', 2, 'less'),
  column('events_per_frame', 'events/frame', 1),
  column('memory_mb', 'memory MB', 0, 'less'),
]
