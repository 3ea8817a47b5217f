import { cancel } from './cancel.ts'
import { connect } from './connect.ts'
import { connectStorm } from './connect-storm.ts'
import { documentWake } from './document-wake.ts'
import { documents } from './documents.ts'
import { echo } from './echo.ts'
import { fanout } from './fanout.ts'
import { history } from './history.ts'
import { idle } from './idle.ts'
import { relayJoin } from './relay-join.ts'
import { relayMember } from './relay-member.ts'
import { relayOrigin } from './relay-origin.ts'
import { replay } from './replay.ts'
import { resume } from './resume.ts'
import { rooms } from './rooms.ts'
import type { Scenario } from './scenario.ts'
import { slowConsumer } from './slow-consumer.ts'
import { soak } from './soak.ts'
import { stream } from './stream.ts'
import { sustained } from './sustained.ts'

const chat = [
  fanout,
  sustained,
  rooms,
  connect,
  idle,
  echo,
  replay,
  connectStorm,
  resume,
  stream,
  slowConsumer,
  history,
  soak,
]
const relays = [relayOrigin, relayMember, relayJoin]
const inOrder = [...chat, cancel, documents, documentWake, ...relays]

/** All scenarios by name, in the order of the report. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(inOrder.map(scenario => [scenario.name, scenario]))
