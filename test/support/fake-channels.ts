import type { Env } from '../../src/env.ts'
import type { Command } from '../../src/protocol/commands.ts'
import { callerHeader, readCaller } from '../../src/rooms/sessions/caller-context.ts'
import type { CallerContext, CommandResult } from '../../src/rpc/channel.ts'

/** What a channel's object got to see: an upgrade, or a request of one command. */
export type Seen = { object: string; visit: CallerContext; request?: Request; command?: Command }

/** An environment whose channels only write down who comes, and answer what a test wants. */
export function fakeChannels(settings: Partial<Record<keyof Env, string>> = { AUTH: 'open' }) {
  const seen: Seen[] = []
  const answers = { ask: (_command: Command): CommandResult | null => ack(1), upgrade: () => new Response('welcome') }
  const namespace = (kind: string) => ({
    getByName: (name: string) => ({
      fetch: async (request: Request) => {
        seen.push({ object: `${kind}:${name}`, visit: readCaller(request.headers.get(callerHeader)), request })
        return answers.upgrade()
      },
      ask: async (caller: CallerContext, command: Command) => {
        seen.push({ object: `${kind}:${name}`, visit: caller, command })
        return answers.ask(command)
      },
    }),
  })
  const namespaces = {
    CIRCLES: namespace('circle'),
    WORKSPACES: namespace('workspace'),
    AGENT_CHANNELS: namespace('agent'),
    PASSES: { getByName: () => ({ show: async (passes: unknown[]) => passes.map(() => true) }) },
  }
  // Only what the Worker calls is there.
  return { env: { ...namespaces, LOG: 'faults', ...settings } as unknown as Env, seen, answers }
}

export function ack(seq: number, duplicate?: true): CommandResult {
  const data = { id: 'x', seq, ...(duplicate && { duplicate }) }
  return { answer: { type: 'ack', data, at: 0 }, epoch: 'e1', head: seq, instance: 'i1' }
}
