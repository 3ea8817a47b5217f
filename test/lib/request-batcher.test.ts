import { expect, test } from 'vitest'
import { RequestBatcher } from '../../src/lib/request-batcher.ts'
import { eventually } from '../support/eventually.ts'

/** A batcher whose calls finish when the test lets them. */
function heldBatcher() {
  const calls: { inputs: number[]; finish(by?: (input: number) => number): void; fail(error: Error): void }[] = []
  const batcher = new RequestBatcher<number, number>(inputs => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>()
    calls.push({ inputs, finish: (by = input => input * 10) => resolve(inputs.map(by)), fail: reject })
    return promise
  })
  return { batcher, calls }
}

test('requests made during a call are batched after it, and each gets its own output', async () => {
  const { batcher, calls } = heldBatcher()
  const first = batcher.get(1)
  const others = [batcher.get(2), batcher.get(3)]
  expect(calls.map(({ inputs }) => inputs)).toEqual([[1]])
  calls[0]?.finish()
  expect(await first).toBe(10)
  await eventually(() => expect(calls).toHaveLength(2))
  calls[1]?.finish()
  expect(await Promise.all(others)).toEqual([20, 30])
  expect(calls.map(({ inputs }) => inputs)).toEqual([[1], [2, 3]])
})

test('a failed call rejects the requests in its batch and no later ones', async () => {
  const { batcher, calls } = heldBatcher()
  const first = batcher.get(1)
  const second = batcher.get(2)
  calls[0]?.fail(new Error('overloaded'))
  await expect(first).rejects.toThrow('overloaded')
  await eventually(() => expect(calls).toHaveLength(2))
  calls[1]?.finish()
  expect(await second).toBe(20)
  const third = batcher.get(3)
  await eventually(() => expect(calls).toHaveLength(3))
  calls[2]?.finish()
  expect(await third).toBe(30)
})

test('a missing output rejects its request', async () => {
  const batcher = new RequestBatcher<number, number>(async () => [])
  await expect(batcher.get(1)).rejects.toThrow('expected 1 outputs, got 0')
})
