import { spawnSync } from 'node:child_process'
import { readdir, readFile, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { takeLocks } from '../../../src/cli/watch/watch-lock.ts'
import { makeFolder, type TestFolder } from '../fixtures.ts'

afterEach(() => void vi.useRealTimers())

const take = (folder: TestFolder, onLost = () => {}) => takeLocks([join(folder.root, 'deep/state.lock')], onLost)

test('[watch] a lock that is held is refused, and free again afterwards', async () => {
  await using folder = await makeFolder()
  const first = await take(folder)
  await expect(take(folder)).rejects.toThrow(`by process ${process.pid}.`)
  await first[Symbol.asyncDispose]()
  await using _ = await take(folder)
  expect(await readdir(join(folder.root, 'deep'))).toEqual(['state.lock'])
})

test('[watch] of many that ask at once, one gets the lock, also when its owner is gone', async () => {
  await using folder = await makeFolder()
  const gone = spawnSync(process.execPath, ['--version']).pid
  await folder.write('deep/state.lock', JSON.stringify({ pid: gone, host: hostname(), id: 'gone' }))
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => take(folder)))
  const winners = results.filter(result => result.status === 'fulfilled')
  expect(winners.length).toBe(1)
  await using _ = winners[0]?.value ?? (await take(folder))
  expect(await readdir(join(folder.root, 'deep'))).toEqual(['state.lock'])
  await expect(take(folder)).rejects.toThrow('already published')
})

test('[watch] the lock of a machine that renews it no more is taken over', async () => {
  await using folder = await makeFolder()
  await folder.write('deep/state.lock', JSON.stringify({ pid: 1, host: 'elsewhere', id: 'other' }))
  const file = join(folder.root, 'deep/state.lock')
  await utimes(file, new Date(), new Date())
  await expect(take(folder)).rejects.toThrow('by process 1 on elsewhere')
  await utimes(file, new Date(Date.now() - 31_000), new Date(Date.now() - 31_000))
  await using _ = await take(folder)
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid })
})

test('[watch] who has lost the lock is told', async () => {
  await using folder = await makeFolder()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const lost = Promise.withResolvers<void>()
  await using _ = await take(folder, lost.resolve)
  await folder.write('deep/state.lock', JSON.stringify({ pid: 1, host: 'elsewhere', id: 'other' }))
  vi.advanceTimersByTime(5_000)
  await lost.promise
})
