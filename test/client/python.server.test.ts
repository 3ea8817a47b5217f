import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../../scripts/toolchain.mjs'
import { createClient } from '../../src/client/client.ts'
import { python } from '../support/python.ts'
import { type Server, startServer } from '../support/server.ts'

// The Python client against a real server. It needs a Python with `websockets`, which CI has.

let server: Server

beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server[Symbol.asyncDispose]())

/** Runs a Python program with the client imported; `next` is the next line that it prints. */
function run(program: string): { child: ChildProcess; next(): Promise<string>; end(): Promise<unknown> } {
  const args = ['-c', `import asyncio, sys\nfrom circles import Circle, CirclesError\nurl = sys.argv[1]\n${program}`]
  const env = { ...process.env, PYTHONPATH: join(root, 'clients/python'), PYTHONUNBUFFERED: '1' }
  const child = spawn(python ?? '', [...args, server.url], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<string> => (await lines.next()).value ?? 'the program has ended'
  return { child, next, end: () => (child.exitCode === null ? once(child, 'exit') : Promise.resolve()) }
}

test.runIf(python)(
  'it sends, receives and resumes: each event once, in order, across a kill of the server',
  async () => {
    const { child, next, end } = run(`
async def main():
    async with Circle(url, "snakes", name="py") as circle:
        sent = await circle.send("one")
        print("sent", sorted(sent), sent["seq"], flush=True)
        seen = 0
        async for event in circle:
            seen += 1
            print(event["seq"], event["data"]["user_name"], event["data"]["content"], flush=True)
            if event["data"]["content"] == "two":
                print("stored", (await circle.send("three"))["seq"], flush=True)
            if seen == 3:
                return
asyncio.run(main())`)
    expect(await next()).toBe("sent ['id', 'seq'] 1")
    expect(await next()).toBe('1 py one')
    await server.kill9()
    await server.start()
    const ada = createClient(server.url, { name: 'ada' })
    expect((await ada.circle('snakes').send('two')).seq).toBe(2)
    expect([await next(), await next(), await next()].sort()).toEqual(['2 ada two', '3 py three', 'stored 3'])
    await end()
    expect(child.exitCode).toBe(0)
    ada.disconnect()
  },
)

test.runIf(python)('a refusal has its code, and history is paged', async () => {
  const { next, end } = run(`
async def main():
    async with Circle(url, "pages", name="py") as circle:
        for count in range(5):
            await circle.send(f"message {count}")
        page = await circle.history(before=4, limit=2)
        print([event["seq"] for event in page["events"]], page["more"], flush=True)
        try:
            await circle.send("   ")
        except CirclesError as error:
            print(error.code, flush=True)
asyncio.run(main())`)
  expect(await next()).toBe('[2, 3] True')
  expect(await next()).toBe('empty')
  await end()
})

test.runIf(python)('every command is settled, also one that cannot be sent, and none blocks the next', async () => {
  const { next, end } = run(`
deep = []
for _ in range(20): deep = [deep]
async def attempt(work):
    try:
        return await asyncio.wait_for(work, 100)
    except CirclesError as error:
        return error.code
async def main():
    async with Circle(url, "bounds", name="py") as circle:
        print(await attempt(circle.send("x" * 70_000)), await attempt(circle.send("x" * 2_000_000)), flush=True)
        print(await attempt(circle.send("é" * 20_000)), flush=True)
        for data in [{"content": "x", "meta": {"a": "x" * 2_000}}, {"content": "x", "meta": {"a": deep}},
                     {"content": "x", "meta": {"a": {1, 2}}}, {"content": "x", "meta": {"a": float("nan")}},
                     {"content": "\\ud800"}]:
            print(await attempt(circle.command("message", data)), flush=True)
        print((await attempt(circle.send("語" * 10_000)))["seq"], flush=True)
    print(await attempt(circle.send("late")), flush=True)
asyncio.run(main())`)
  expect(await next()).toBe('too_large too_large')
  expect(await next()).toBe('too_large')
  const refusals = [await next(), await next(), await next(), await next(), await next()]
  expect(refusals).toEqual(['too_large', 'too_deep', 'invalid', 'invalid', 'invalid'])
  expect(await next()).toBe('1')
  expect(await next()).toBe('closed')
  await end()
})

test.runIf(python)('say of 0.1 still returns the seq', async () => {
  const { next, end } = run(`
async def main():
    async with Circle(url, "old", name="py") as circle:
        print(await circle.say("one"), await circle.say("two", reply_to=1), flush=True)
asyncio.run(main())`)
  expect(await next()).toBe('1 2')
  await end()
})
