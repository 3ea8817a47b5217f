import type { Env } from '../../src/env.ts'
import type { Command } from '../../src/protocol/commands/commands.ts'
import { callerHeader, readCaller } from '../../src/rooms/sessions/caller-context.ts'
import type { CallerContext, CommandResult } from '../../src/rpc/channel.ts'

/** A call that a channel's object received: an upgrade, or one command. */
export type ReceivedCall = { object: string; caller: CallerContext; request?: Request; command?: Command }

/** The policy `open`, under which only hosts that are listed are answered: that of the tests' requests. */
export const openHere = { AUTH: 'open', ALLOWED_ORIGINS: 'https://circles.test' }

/** An environment whose channels record the calls they receive, and respond as the test says. */
export function fakeChannels(settings: Partial<Record<keyof Env, string>> = openHere) {
  const seen: ReceivedCall[] = []
  const answers = { ask: (_command: Command): CommandResult | null => ack(1), upgrade: () => new Response('welcome') }
  const namespace = (kind: string) => ({
    getByName: (name: string) => ({
      fetch: async (request: Request) => {
        seen.push({ object: `${kind}:${name}`, caller: readCaller(request.headers.get(callerHeader)), request })
        return answers.upgrade()
      },
      ask: async (caller: CallerContext, command: Command) => {
        seen.push({ object: `${kind}:${name}`, caller, command })
        return answers.ask(command)
      },
    }),
  })
  const namespaces = {
    CIRCLES: namespace('circle'),
    WORKSPACES: namespace('workspace'),
    AGENT_CHANNELS: namespace('agent'),
    AGENT_PICKLE: {
      describe: () => Promise.reject(new Error('asleep')),
      turn: () => Promise.reject(new Error('asleep')),
    },
    PASSES: { getByName: () => ({ show: async (passes: unknown[]) => passes.map(() => true) }) },
  }
  // It has only what the Worker calls.
  return { env: { ...namespaces, LOG: 'faults', ...settings } as unknown as Env, seen, answers }
}

/** The result of a stored message. */
export function ack(seq: number, duplicate?: true): CommandResult {
  const data = { id: 'x', seq, ...(duplicate && { duplicate }) }
  return { answer: { type: 'ack', data, at: 0 }, epoch: 'e1', head: seq, instance: 'i1' }
}
