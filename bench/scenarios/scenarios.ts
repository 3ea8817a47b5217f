import { connect } from './connect.ts'
import { stampede } from './connect-storm.ts'
import { echo } from './echo.ts'
import { fanout } from './fanout.ts'
import { history } from './history.ts'
import { idle } from './idle.ts'
import { replay } from './replay.ts'
import { resume } from './resume.ts'
import { rooms } from './rooms.ts'
import type { Scenario } from './scenario.ts'
import { stall } from './slow-consumer.ts'
import { soak } from './soak.ts'
import { stream } from './stream.ts'

/** Everything that is measured, by name. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [fanout, rooms, connect, idle, echo, replay, stampede, resume, stream, stall, history, soak].map(scenario => [
    scenario.name,
    scenario,
  ]),
)
