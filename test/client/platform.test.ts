import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { TabCoordinator } from '../../src/client/platform.ts'
import { browserTabs } from '../../src/client/transport/browser-tabs.ts'
import { settled } from './fake-platform.ts'

// What a browser may refuse, and how.

const request = vi.fn()

beforeEach(() => {
  request.mockReset()
  vi.stubGlobal('window', {})
  vi.stubGlobal('navigator', { locks: { request } })
})
afterEach(() => vi.unstubAllGlobals())

function tabs(): TabCoordinator {
  const tabs = browserTabs()
  if (tabs === null) throw new Error('expected this browser to have locks')
  return tabs
}

test.each([
  ['rejects', () => Promise.reject(new DOMException('Access to the Locks API is denied.', 'SecurityError'))],
  [
    'throws',
    () => {
      throw new DOMException('The document is not fully active.', 'InvalidStateError')
    },
  ],
])('a lock request that %s: the tab goes on as if it held the lock', async (_, refuse) => {
  request.mockImplementation(refuse)
  const [onAcquired, onLost] = [vi.fn(), vi.fn()]
  tabs().acquireLock('a', onAcquired, { onLost })
  await settled()
  expect([onAcquired.mock.calls.length, onLost.mock.calls.length]).toEqual([1, 0])
})

test('a lock request that is given up acquires nothing', async () => {
  request.mockImplementation((_name, { signal }: { signal: AbortSignal }) => {
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  })
  const onAcquired = vi.fn()
  tabs().acquireLock('a', onAcquired)()
  await settled()
  expect(onAcquired).not.toHaveBeenCalled()
})

test('a lock that another tab steals is lost; one that is released is not', async () => {
  const rejections: ((error: unknown) => void)[] = []
  request.mockImplementation((_name, _options, callback: () => Promise<void>) => {
    return new Promise<void>((resolve, reject) => {
      rejections.push(reject)
      callback().then(resolve)
    })
  })
  const [stolen, released] = [vi.fn(), vi.fn()]
  tabs().acquireLock('a', () => {}, { onLost: stolen })
  tabs().acquireLock('b', () => {}, { onLost: released })()
  rejections[0]?.(new DOMException('stolen', 'AbortError'))
  await settled()
  expect([stolen.mock.calls.length, released.mock.calls.length]).toEqual([1, 0])
})

test('a lock is stolen without a signal, which the browser does not take together', () => {
  request.mockImplementation(() => new Promise(() => {}))
  tabs().acquireLock('a', () => {}, { steal: true })
  expect(request.mock.calls[0]?.[1]).toEqual({ steal: true })
})

test.each([
  ['no locks', {}],
  [
    'locks that may not be read',
    {
      get locks() {
        throw new DOMException('denied', 'SecurityError')
      },
    },
  ],
])('with %s every tab has a socket of its own', (_, navigator) => {
  vi.stubGlobal('navigator', navigator)
  expect(browserTabs()).toBe(null)
})
