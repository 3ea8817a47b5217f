import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'

const source = readFileSync('src/web/public/sw.js', 'utf8')
const hash = '0123456789abcdef'.repeat(2)

/** The service worker's script in a world of its own. `pages`: how many pages of this site are open. */
function aWorker(pages = 0, caches = {}, request: typeof fetch = fetch) {
  const handlers = new Map<string, (event: object) => void>()
  const showNotification = vi.fn(async (_title: string, _options: Record<string, unknown>) => {})
  const openWindow = vi.fn(async () => {})
  const open = Array.from({ length: pages }, () => ({ postMessage: vi.fn(), focus: vi.fn(async () => {}) }))
  const self = {
    addEventListener: (type: string, handler: (event: object) => void) => void handlers.set(type, handler),
    registration: { showNotification },
    clients: { matchAll: async () => open, openWindow, claim: async () => {} },
  }
  runInNewContext(source, { self, URL, location: { origin: 'https://circles.test' }, caches, fetch: request, Response })
  /** Dispatches an event, and waits until the worker may sleep again. */
  const dispatch = async (type: string, event: object): Promise<void> => {
    const waits: Promise<unknown>[] = []
    handlers.get(type)?.({ ...event, waitUntil: (work: Promise<unknown>) => void waits.push(work) })
    await Promise.all(waits)
  }
  const push = (data: unknown) => dispatch('push', { data: { json: () => data } })
  const click = async (action: string, data: object) => {
    const close = vi.fn()
    await dispatch('notificationclick', { action, notification: { close, data } })
    expect(close).toHaveBeenCalled()
  }
  return { push, click, dispatch, showNotification, openWindow, open }
}

const mention = { channel: 'circle:dev', seq: 7, kind: 'mention', from: 'Ada', to: 'bob' }

test('[I6] a push is shown: who, why and where, its text if there is one, and where it leads', async () => {
  const { push, showNotification } = aWorker()
  await push({ ...mention, text: 'look' })
  expect(showNotification.mock.calls).toEqual([
    [
      'Ada mentioned you · dev',
      {
        body: 'look',
        tag: 'circle:dev 7',
        icon: '/icon-192.png',
        data: { person: 'bob', path: '/c/dev/7' },
        actions: [],
      },
    ],
  ])
  for (const [kind, title] of Object.entries({
    reply: 'Ada replied in a thread · dev',
    failure: 'Ada could not answer you · dev',
    later: 'Ada wrote · dev', // of a later server
  })) {
    await push({ ...mention, kind })
    expect(showNotification.mock.lastCall?.[0]).toBe(title)
  }
  for (const [channel, path] of [
    [`circle:dm~${hash}`, `/d/${hash}/7`],
    [`circle:chat~pickle~${hash}`, `/d/pickle~${hash}/7`],
  ]) {
    await push({ ...mention, kind: 'direct', channel })
    expect(showNotification.mock.lastCall?.[0]).toBe('Ada wrote to you')
    expect(showNotification.mock.lastCall?.[1]).toMatchObject({ body: '', data: { path } })
  }
})

test('[I6] a push that cannot be read is shown as something: the browser asks for that', async () => {
  const { push, dispatch, showNotification } = aWorker()
  await push({ nothing: 'known' })
  await dispatch('push', { data: null })
  await dispatch('push', {
    data: {
      json: () => {
        throw new SyntaxError('no JSON')
      },
    },
  })
  expect(showNotification.mock.calls.map(([title]) => title)).toEqual(['Circles', 'Circles', 'Circles'])
})

test('[I6] a click opens the page where it leads, or leads a page there that is open', async () => {
  const data = { person: 'bob', path: '/c/dev/7' }
  const without = aWorker()
  await without.click('', data)
  expect(without.openWindow.mock.calls).toEqual([['/c/dev/7']])
  const { click, openWindow, open } = aWorker(2)
  await click('', data)
  expect(openWindow).not.toHaveBeenCalled()
  expect(open.map(({ postMessage }) => postMessage.mock.calls)).toEqual([[[{ type: 'circles open', ...data }]], []])
  expect(open[0]?.focus).toHaveBeenCalled()
})

test('[I6] a push is shown in the words that the page has kept', async () => {
  const words = { mention: '{name} hat dich erwähnt', approve: 'Genehmigen', reject: 'Ablehnen' }
  const { push, showNotification } = aWorker(0, { match: async () => Response.json(words) })
  await push({ ...mention, approval: 'a1' })
  expect(showNotification.mock.lastCall?.[0]).toBe('Ada hat dich erwähnt · dev')
  expect(showNotification.mock.lastCall?.[1]).toMatchObject({
    actions: [{ title: 'Genehmigen' }, { title: 'Ablehnen' }],
  })
  await push({ ...mention, kind: 'reply' })
  expect(showNotification.mock.lastCall?.[0]).toBe('Ada replied in a thread · dev') // kept by an earlier release
})

test('[I6] [T8] a request for approval has buttons; a page that is open decides, and else one is opened at the request', async () => {
  const { push, click, showNotification, open, openWindow } = aWorker(2)
  await push({ ...mention, kind: 'approval', approval: 'a1' })
  const options = showNotification.mock.lastCall?.[1]
  expect(options).toMatchObject({
    actions: [{ action: 'approve' }, { action: 'reject' }],
    data: { approval: { channel: 'circle:dev', approval: 'a1' } },
  })
  const data = options?.['data'] as object
  await click('approve', data)
  const decide = { type: 'circles decide', person: 'bob', path: '/c/dev/7', channel: 'circle:dev', approval: 'a1' }
  expect(open.map(({ postMessage }) => postMessage.mock.calls)).toEqual(
    Array.from({ length: 2 }, () => [[{ ...decide, decision: 'approve' }]]),
  )
  expect(openWindow).not.toHaveBeenCalled()
  const closed = aWorker()
  await closed.click('reject', data)
  expect(closed.openWindow.mock.calls).toEqual([['/c/dev/7']]) // nothing is decided by an address
})

test('[I6] [T8] where no page is open, the worker decides with the token that the page has kept of this person', async () => {
  const data = { person: 'bob', path: '/c/dev/7', approval: { channel: 'circle:dev', approval: 'a1' } }
  const keptOf = (person: string) => ({ match: async () => Response.json({ person, token: 'a.b.c' }) })
  const request = vi.fn<typeof fetch>(async () => Response.json({ seq: 8 }))
  const worker = aWorker(0, keptOf('bob'), request)
  await worker.click('reject', data)
  expect(request.mock.calls).toEqual([
    [
      '/api/channels/circle/dev/commands/reject',
      {
        method: 'POST',
        headers: { authorization: 'Bearer a.b.c', 'content-type': 'application/json' },
        body: '{"approval":"a1"}',
      },
    ],
  ])
  expect(worker.openWindow).not.toHaveBeenCalled()
  const refused = vi.fn<typeof fetch>(async () => Response.json({}, { status: 401 }))
  for (const other of [aWorker(0, keptOf('eve'), request), aWorker(0, keptOf('bob'), refused)]) {
    await other.click('approve', data)
    expect(other.openWindow.mock.calls).toEqual([['/c/dev/7']])
  }
  expect([request.mock.calls.length, refused.mock.calls.length]).toEqual([1, 1])
})
