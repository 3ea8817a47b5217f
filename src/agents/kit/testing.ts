// The package entry `circles-rooms/agent/testing`.

export { askAgent, type Given, type Told } from './testing-compat.ts'
export { type RunOptions, runTurn, type TurnResult } from './testing-run-turn.ts'
