// `circles-rooms/testing`: circles of one's own in plain node (22.13 or later), and the promises checked against them.

export { CircleRefusal, type Receipt } from '../server/handle.ts'
export type { SeenEvent } from './checker.ts'
export { checkPromises, type PromiseOptions } from './promises.ts'
export type { RandomChoices } from './random.ts'
export type { CommandSamples } from './schedule.ts'
export { type DefinedCircle, type TestCircle, type TestCircleOptions, testCircle } from './test-circle.ts'
export type { ReceivedEvent, TestPerson } from './test-person.ts'
export type { Frame } from './test-session.ts'
