import { expect, test } from 'vitest'
import { DocumentSchedule } from './document-schedule.ts'

const runs = Number(process.env.DOCUMENT_RUNS ?? 60)
const first = Number(process.env.DOCUMENT_SEED ?? 1)
const steps = 80

test(`replicas and the document agree after ${runs} runs of edits, cuts, sleeps, crashes and changes of roles`, () => {
  const failed = Array.from({ length: runs }, (_, index) => first + index).flatMap(seed => {
    const schedule = new DocumentSchedule(seed)
    try {
      schedule.run(steps)
      return []
    } catch (error) {
      return [`seed ${seed}: ${(error as Error).message}\n${schedule.steps.join('\n')}`]
    }
  })
  expect(failed).toEqual([])
})
