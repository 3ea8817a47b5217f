import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { join } from '../../support/in-worker.ts'

type Socket = Awaited<ReturnType<typeof join>>

const stubOf = (circle: string) => env.CIRCLES.get(env.CIRCLES.idFromName(circle))
const command = (type: string, id: string, data: object) => JSON.stringify({ type, id, data })
const ping = '{"type":"ping"}'

/** Waits until a socket received a matching frame, and returns it. */
async function receives({ frames }: Socket, type: string, data: object = {}) {
  const fits =
    ([key, value]: [string, unknown]) =>
    (frame: Socket['frames'][number]) =>
      frame.data[key] === value
  return eventually(() => {
    const frame = frames.find(one => one.type === type && Object.entries(data).every(entry => fits(entry)(one)))
    if (frame === undefined) throw new Error(`no ${type} among ${JSON.stringify(frames.map(one => one.type))}`)
    return frame
  })
}
const isEvicted = (circle: string) => {
  return evictDurableObject(stubOf(circle)).then(
    () => false,
    error => /not currently running/.test(String(error)),
  )
}

test('[N2] [L5] messages are delivered before and after a hibernation', async () => {
  const [ada, bob] = [await join('/ws/circles/hibernated?name=ada'), await join('/ws/circles/hibernated?name=bob')]
  ada.webSocket.send(command('message', 'm1', { content: 'before' }))
  await receives(bob, 'message', { content: 'before' })
  await evictDurableObject(stubOf('hibernated'))
  bob.webSocket.send(command('message', 'm2', { content: 'after' }))
  expect(await receives(ada, 'message', { content: 'after' })).toMatchObject({ seq: 2, data: { user_id: 'guest:bob' } })
  expect(await receives(bob, 'ack', { id: 'm2' })).toMatchObject({ data: { seq: 2 } })
  ada.webSocket.send(command('message', 'm1', { content: 'before' }))
  expect(await receives(ada, 'ack', { duplicate: true })).toMatchObject({ data: { id: 'm1', seq: 1 } })
})

test('[H1] the runtime answers the exact ping of a hibernated circle without waking it', async () => {
  const sockets = await Promise.all(['ada', 'bob', 'cat'].map(name => join(`/ws/circles/idle?name=${name}`)))
  await evictDurableObject(stubOf('idle'))
  for (let minute = 0; minute < 10; minute++) {
    for (const { webSocket } of sockets) webSocket.send(ping)
    await eventually(() => {
      for (const { frames } of sockets) expect(frames.filter(({ type }) => type === 'pong')).toHaveLength(minute + 1)
    })
  }
  expect(await isEvicted('idle')).toBe(true)
})

test('[H3] an alarm is set while a native socket is open, and none when the circle is empty', async () => {
  const ada = await join('/ws/circles/alarm?name=ada')
  const alarm = () => runInDurableObject(stubOf('alarm'), (_, state) => state.storage.getAlarm())
  const due = (await alarm()) ?? 0
  expect(due - Date.now()).toBeGreaterThan(100_000)
  expect(due - Date.now()).toBeLessThanOrEqual(150_000)
  ada.webSocket.close(1000)
  await eventually(async () => expect(await alarm()).toBeNull())
})

test('[H3] the alarm of a hibernated circle closes nobody, is set again, and sends nothing', async () => {
  const ada = await join('/ws/circles/ring?name=ada')
  await evictDurableObject(stubOf('ring'))
  expect(await runDurableObjectAlarm(stubOf('ring'))).toBe(true)
  expect(await runInDurableObject(stubOf('ring'), (_, state) => state.storage.getAlarm())).toBeGreaterThan(Date.now())
  expect([ada.frames.map(({ type }) => type), ada.closes]).toEqual([['welcome'], []])
})

test('[P3] [L4] after a crash no old session remains, and acked messages are stored', async () => {
  const [ada, bob] = [await join('/ws/circles/crash?name=ada'), await join('/ws/circles/crash?name=bob')]
  ada.webSocket.send(command('message', 'm1', { content: 'kept' }))
  await receives(ada, 'ack')
  await abortAllDurableObjects()
  await eventually(() => expect([...ada.closes, ...bob.closes]).toEqual([1006, 1006]))
  const cat = await join('/ws/circles/crash?name=cat')
  const welcome = await receives(cat, 'welcome')
  expect(welcome.data).toMatchObject({ head: 1, members: [{ id: 'guest:cat' }], member_count: 1 })
})

// Concurrent: each waits for a leave, which is sent after 10 s.
test.concurrent.for([
  { code: 1000, reason: '', echoed: 1000 },
  { code: 4321, reason: 'bye', echoed: 4321 },
  { code: undefined, reason: '', echoed: 1000 },
])('[E3] a close with $code is answered, and sends one leave', async ({ code, reason, echoed }, { expect }) => {
  const name = `close-${code ?? 'none'}`
  const [ada, bob] = [await join(`/ws/circles/${name}?name=ada`), await join(`/ws/circles/${name}?name=bob`)]
  const closed = Promise.withResolvers<CloseEvent>()
  ada.webSocket.addEventListener('close', closed.resolve)
  ada.webSocket.close(code, ...(reason === '' ? [] : [reason]))
  expect(await closed.promise).toMatchObject({ code: echoed, reason })
  const left = await eventually(() => {
    const left = bob.frames.flatMap(({ data }) => (data['left'] as { id: string }[] | undefined) ?? [])
    expect(left).toHaveLength(1)
    return left
  })
  expect(left).toMatchObject([{ id: 'guest:ada' }])
})

test('[C1] [C3] each name is a channel, and the same name of another kind is another channel', async () => {
  const [circle, workspace, other] = [
    await join('/ws/circles/acme?name=ada'),
    await join('/ws/workspaces/acme?name=ada'),
    await join('/ws/circles/acme2?name=ada'),
  ]
  circle.webSocket.send(command('message', 'm1', { content: 'here' }))
  await receives(circle, 'ack')
  workspace.webSocket.send(command('message', 'm1', { content: 'there' }))
  expect(await receives(workspace, 'message')).toMatchObject({ seq: 1, channel: 'workspace:acme' })
  expect(other.frames.map(({ type }) => type)).toEqual(['welcome'])
})
