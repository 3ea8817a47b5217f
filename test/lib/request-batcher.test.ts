import { expect, test } from 'vitest'
import { RequestBatcher } from '../../src/lib/request-batcher.ts'
import { eventually } from '../support/eventually.ts'

/** A batch whose questions are answered when the test says so. */
function held() {
  const asked: { questions: number[]; answer(by?: (question: number) => number): void; fail(error: Error): void }[] = []
  const batch = new RequestBatcher<number, number>(questions => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>()
    asked.push({ questions, answer: (by = question => question * 10) => resolve(questions.map(by)), fail: reject })
    return promise
  })
  return { batch, asked }
}

test('what is wanted while an answer is on its way is asked for together, each gets their own answer', async () => {
  const { batch, asked } = held()
  const first = batch.get(1)
  const others = [batch.get(2), batch.get(3)]
  expect(asked.map(({ questions }) => questions)).toEqual([[1]])
  asked[0]?.answer()
  expect(await first).toBe(10)
  await eventually(() => expect(asked).toHaveLength(2))
  asked[1]?.answer()
  expect(await Promise.all(others)).toEqual([20, 30])
  expect(asked.map(({ questions }) => questions)).toEqual([[1], [2, 3]])
})

test('a question that fails is the failure of those who asked it, and of nobody after them', async () => {
  const { batch, asked } = held()
  const first = batch.get(1)
  const second = batch.get(2)
  asked[0]?.fail(new Error('overloaded'))
  await expect(first).rejects.toThrow('overloaded')
  await eventually(() => expect(asked).toHaveLength(2))
  asked[1]?.answer()
  expect(await second).toBe(20)
  const third = batch.get(3)
  await eventually(() => expect(asked).toHaveLength(3))
  asked[2]?.answer()
  expect(await third).toBe(30)
})

test('an answer that is missing is no answer', async () => {
  const batch = new RequestBatcher<number, number>(async () => [])
  await expect(batch.get(1)).rejects.toThrow('expected 1 answers, got 0')
})
