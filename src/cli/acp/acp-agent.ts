import { methods, type RequestPermissionRequest, type SessionNotification } from '@agentclientprotocol/sdk'
import { AgentError } from '../../agents/kit/agent-error.ts'
import type { Reply } from '../../agents/kit/reply.ts'
import type { TurnRequest } from '../../agents/kit/turn-request.ts'
import { type AcpCommand, type AcpProgram, startAcp } from './acp-program.ts'
import { AcpRun } from './acp-run.ts'
import { questionOf } from './permission-question.ts'
import { programError } from './program-error.ts'
import { promptOf } from './turn-prompt.ts'

/** A session of the program: its id, and the last message (seq) that it was shown. */
export type AcpSession = { id: string; seq: number }

/** The sessions that are kept, by memory. `save` stores them. */
export type AcpSessions = { known: Map<string, AcpSession>; save(): Promise<void> }

const waitsMs = 61 * 60_000 // for a decision: a minute longer than people have

/** An ACP program as an agent of a circle: a prompt is a turn, and a permission an approval. */
export class AcpAgent {
  readonly #command: AcpCommand
  readonly #sessions: AcpSessions
  readonly #runs = new Map<string, AcpRun>() // by turn
  #program: Promise<AcpProgram> | null = null
  #open = new Set<string>() // ids of the sessions that the program has open

  constructor(command: AcpCommand, sessions: AcpSessions) {
    this.#command = command
    this.#sessions = sessions
  }

  /** Starts the program. Throws if that fails. */
  async start(): Promise<void> {
    await this.#started()
  }

  /** Ends the program. */
  async stop(): Promise<void> {
    const program = await this.#program?.catch(() => null)
    await program?.stop()
  }

  /** Replies to a turn. After an approval it goes on where the program waits; if that is gone, it begins anew. */
  async reply(request: TurnRequest, reply: Reply): Promise<void> {
    const begun = this.#runs.get(request.turn) ?? this.#begin(request)
    const run = await Promise.resolve(begun).catch((error: unknown) => Promise.reject(programError(error)))
    this.#runs.set(request.turn, run)
    const cancel = () => {
      // A reply that waits for a decision has ended, too: its run goes on.
      if (reply.signal.reason !== 'answered') void this.#cancel(request.turn, run)
    }
    reply.signal.addEventListener('abort', cancel, { once: true })
    if (reply.signal.aborted) cancel()
    try {
      await follow(run, reply)
    } finally {
      if (run.end !== null) this.#runs.delete(request.turn)
    }
  }

  async #begin(request: TurnRequest): Promise<AcpRun> {
    const program = await this.#started()
    const { session, isNew } = await this.#sessionFor(program, request)
    const run = new AcpRun(session.id)
    const text = promptOf(request, isNew ? 0 : session.seq)
    session.seq = request.message.seq
    await this.#sessions.save()
    this.#runs.set(request.turn, run)
    program.agent
      .request(methods.agent.session.prompt, { sessionId: session.id, prompt: [{ type: 'text', text }] })
      .then(response => run.finish({ response }))
      .catch((error: unknown) => run.finish({ error }))
    program.closed.finally(() => run.finish({ error: new Error('the program ended') })).catch(() => {})
    setTimeout(() => void this.#cancel(request.turn, run), waitsMs).unref()
    return run
  }

  async #cancel(turn: string, run: AcpRun): Promise<void> {
    if (this.#runs.get(turn) === run) this.#runs.delete(turn)
    if (run.end !== null) return
    run.decide(false)
    const program = await this.#program
    await program?.agent.notify(methods.agent.session.cancel, { sessionId: run.session })
  }

  /** The session of a memory. One that is busy, since people have yet to decide, is left alone: there is another then. */
  async #sessionFor(
    program: AcpProgram,
    { session_id }: TurnRequest,
  ): Promise<{ session: AcpSession; isNew: boolean }> {
    const { known } = this.#sessions
    const session = known.get(session_id)
    const isBusy = [...this.#runs.values()].some(run => run.session === session?.id && run.end === null)
    if (session !== undefined && !isBusy && (await this.#resume(program, session.id))) return { session, isNew: false }
    const { sessionId } = await program.agent.request(methods.agent.session.new, { ...this.#place })
    const made = { id: sessionId, seq: 0 }
    this.#open.add(sessionId)
    if (!isBusy) known.set(session_id, made)
    return { session: made, isNew: true }
  }

  /** Opens a session of an earlier program, if this one can. */
  async #resume({ agent, capabilities }: AcpProgram, sessionId: string): Promise<boolean> {
    if (this.#open.has(sessionId)) return true
    const { loadSession, sessionCapabilities } = capabilities
    const method = sessionCapabilities?.resume ? methods.agent.session.resume : methods.agent.session.load
    if (!sessionCapabilities?.resume && !loadSession) return false
    try {
      await agent.request(method, { ...this.#place, sessionId })
      this.#open.add(sessionId)
      return true
    } catch {
      return false // it is not kept there any more
    }
  }

  get #place() {
    return { cwd: this.#command.cwd, mcpServers: [] }
  }

  async #started(): Promise<AcpProgram> {
    const running = await this.#program?.catch(() => null)
    if (running?.isRunning()) return running
    this.#open = new Set()
    this.#program = startAcp(this.#command, {
      onUpdate: notification => this.#update(notification),
      onPermission: request => this.#ask(request),
    })
    return this.#program
  }

  #update({ sessionId, update }: SessionNotification): void {
    this.#running(sessionId)?.update(update)
  }

  #ask(request: RequestPermissionRequest) {
    const run = this.#running(request.sessionId)
    return run?.ask(request) ?? Promise.resolve({ outcome: { outcome: 'cancelled' as const } })
  }

  #running(session: string): AcpRun | undefined {
    return [...this.#runs.values()].find(run => run.session === session && run.end === null)
  }
}

/** Passes on what a run writes, asks for and does, until it ends, or the reply is wanted no more. */
async function follow(run: AcpRun, reply: Reply): Promise<void> {
  const gone = new Promise<void>(resolve => reply.signal.addEventListener('abort', () => resolve(), { once: true }))
  let sent = 0
  let shown: AcpRun['status'] = null
  while (!reply.signal.aborted) {
    const { changed, text, status, permission, end } = run
    if (status !== null && status !== shown) await reply.status(status.state, status.tool)
    shown = status
    if (sent < text.length) {
      await reply.delta(text.slice(sent))
      sent = text.length
    } else if (permission !== null) {
      const { description, options } = questionOf(permission.request.toolCall)
      const { approved } = await reply.ask(description, options)
      if (run.permission === permission) run.decide(approved)
    } else if (end !== null) {
      return conclude(end, reply)
    } else {
      await Promise.race([changed, gone])
    }
  }
}

function conclude(end: NonNullable<AcpRun['end']>, reply: Reply): void {
  if ('error' in end) throw programError(end.error)
  const { stopReason } = end.response
  if (stopReason === 'max_tokens' || stopReason === 'max_turn_requests') reply.markTruncated()
  if (stopReason === 'refusal')
    throw new AgentError('agent_refused', 'The program refuses to answer.', { retry: false })
}
