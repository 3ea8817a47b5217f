import { expect, test } from 'vitest'
import { ProviderSchedule } from './provider-schedule.ts'

const runs = Number(process.env.DOCUMENT_RUNS ?? 20)
const first = Number(process.env.DOCUMENT_SEED ?? 1)

test(`providers and the document agree, and "saved" is true, after ${runs} runs of edits, dead connections and crashes`, async () => {
  const failed: string[] = []
  for (let seed = first; seed < first + runs; seed++) {
    const schedule = await ProviderSchedule.start(seed)
    await schedule.run(40).catch(error => failed.push(`seed ${seed}: ${error.message}\n${schedule.steps.join('\n')}`))
  }
  expect(failed).toEqual([])
})
