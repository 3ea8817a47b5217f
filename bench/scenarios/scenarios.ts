import { fanout } from './fanout.ts'
import type { Scenario } from './scenario.ts'

/** Everything that is measured, by name. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map([fanout].map(scenario => [scenario.name, scenario]))
