// The package entry `circles-rooms/agent/testing`.

export type { AgentBinding } from '../../env.ts'
export type { TurnOutcome } from '../run-turn.ts'
export { askAgent, type Given, type Told } from './testing-compat.ts'
export { type AgentClass, type RunOptions, runTurn, type TurnResult } from './testing-run-turn.ts'
