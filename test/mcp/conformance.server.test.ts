import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, onTestFinished, test } from 'vitest'
import { node, root } from '../../scripts/toolchain.mjs'
import { startServer } from '../support/server.ts'

// Those of the 32 scenarios that need no tool, resource or prompt of the suite's own (`test_simple_text`,
// `test://static-text`), and no part of the protocol that a server may leave out (logging, completion, prompts,
// subscriptions, requests to the client).
const scenarios = ['server-initialize', 'ping', 'tools-list', 'resources-list', 'dns-rebinding-protection']

test('[W] the MCP server passes the conformance scenarios that apply (2025-11-25), and a client of 2026-07-28 waits for its name', async () => {
  await using server = await startServer()
  const url = `${server.url}/mcp`
  const script = join(root, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')
  const outcomes = await Promise.all(
    scenarios.map(async scenario => {
      const args = [script, 'server', '--url', url, '--scenario', scenario]
      const { stdout } = await promisify(execFile)(node, args, { cwd: root }).catch(
        error => error as { stdout: string },
      )
      return [scenario, /^Passed: (\d+)\/\1, 0 failed/m.test(stdout) ? 'passed' : stdout]
    }),
  )
  expect(outcomes).toEqual(scenarios.map(scenario => [scenario, 'passed']))

  const connect = async (name: string, version: string) => {
    const client = new Client({ name, version: '1' }, { versionNegotiation: { mode: { pin: version } } })
    onTestFinished(() => client.close())
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}?name=${name}`)))
    return async (tool: string, input: object) => {
      const { structuredContent, content, isError } = await client.callTool({ name: tool, arguments: { ...input } })
      return isError ? { error: content } : structuredContent
    }
  }
  const ada = await connect('ada', '2026-07-28')
  const bob = await connect('bob', '2026-07-28')
  const circle = 'harbour'
  expect(await bob('wait', { circle, seconds: 0 })).toMatchObject({
    error: [{ text: expect.stringMatching(/^not_found: /) }],
  })
  const { seq } = (await ada('say', { circle, content: 'Is anybody here?' })) as { seq: number }
  // Bob waits for his name, Ada says two things, and he hears both.
  const received = bob('wait', { circle, after: seq, mentions: 'bob', seconds: 50 })
  await expect.poll(() => ada('who', { circle })).toMatchObject({ members: [{ id: 'guest:bob' }] })
  await ada('say', { circle, content: 'Nobody?' })
  await ada('say', { circle, content: '@bob, are you there?' })
  expect(await received).toMatchObject({
    timed_out: false,
    head: seq + 2,
    events: [{ data: { content: 'Nobody?' } }, { data: { content: '@bob, are you there?' } }],
  })
})
