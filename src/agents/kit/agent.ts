import { WorkerEntrypoint } from '#entrypoint'
import { createLogger, logFaultRecord } from '../../lib/logger.ts'
import type { AgentDescription, CircleAccess, TurnRequest } from '../../protocol/turns.ts'
import { type Reply, replyStream } from './reply.ts'

export type { Usage } from '../../protocol/events.ts'
export type { ApprovalAsk, CircleAccess, Decision, Reminder, TurnMessage, TurnRequest } from '../../protocol/turns.ts'
export { AgentError, type Reply } from './reply.ts'

/** An agent: extend it, say who you are, answer. Bind the class as `AGENT_<ID>` and it is asked as `@<id>`. */
export abstract class Agent<Env = unknown> extends WorkerEntrypoint<Env> {
  /** How people see you. */
  protected abstract readonly about: { name: string; description: string }

  /**
   * Answers one line. The same turn may be asked again after a crash (`request.turn` stays, `request.attempt` grows):
   * people see one answer only, but what you do elsewhere is yours to do once. Throw an `AgentError` to say why not.
   */
  protected abstract answer(request: TurnRequest, reply: Reply): Promise<void>

  /** Called by the room: who is this? */
  async describe(): Promise<AgentDescription> {
    return { id: this.about.name.toLowerCase().replaceAll(' ', '-'), ...this.about }
  }

  /** Called by the room: a turn. The answer is a byte stream of NDJSON parts. */
  async turn(request: TurnRequest, circle?: CircleAccess): Promise<ReadableStream<Uint8Array>> {
    const kept = keep(circle ?? noCircle)
    const answer = (reply: Reply) => this.answer(request, reply).finally(kept.release)
    return replyStream(answer, {
      circle: kept.circle,
      decisions: request.decisions ?? [],
      report: error => createLogger('json', console)(logFaultRecord('agent', error, aboutOf(request)), Date.now()),
    })
  }
}

function aboutOf({ request_id: request, channel }: TurnRequest) {
  return request === undefined ? { channel } : { request, channel }
}

/**
 * Functions that came over RPC die with the call that brought them, unless they are kept; what is kept and never
 * released leaves the call hanging, and the runtime ends it with an error.
 */
function keep(circle: CircleAccess): { circle: CircleAccess; release: () => void } {
  const kept = new Map<string, object>()
  for (const [name, call] of Object.entries(circle)) kept.set(name, 'dup' in call ? (call.dup as () => object)() : call)
  const release = () => {
    for (const call of kept.values()) if (Symbol.dispose in call) (call as Disposable)[Symbol.dispose]()
  }
  return { circle: Object.fromEntries(kept) as CircleAccess, release }
}

const refuse = () => Promise.reject(new Error('whoever asked gave no access to a circle'))
const noCircle: CircleAccess = { search: refuse, lines: refuse, remind: refuse, reminders: refuse, forget: refuse }
