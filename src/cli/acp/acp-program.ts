import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Readable, Writable } from 'node:stream'
import {
  type AgentCapabilities,
  type ClientContext,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionNotification,
} from '@agentclientprotocol/sdk'

/** What an ACP program asks and tells while it works. */
export type AcpHandlers = {
  onUpdate(notification: SessionNotification): void
  onPermission(request: RequestPermissionRequest): Promise<RequestPermissionResponse>
}

/** How an ACP program is started, and what prints the lines of its standard error, in which may be what others wrote. */
export type AcpCommand = { command: string; args: readonly string[]; cwd: string; onLine: (line: string) => void }

/** A running ACP program, initialized. */
export type AcpProgram = {
  agent: ClientContext
  capabilities: AgentCapabilities
  isRunning(): boolean
  /** Fulfilled when it is gone. */
  closed: Promise<void>
  stop(): Promise<void>
}

const stopMs = 2_000 // for a program to end by itself

/**
 * Starts an ACP program and initializes it. It is offered neither files nor terminals of ours: it uses its own. Throws if
 * it cannot be started, or does not speak ACP.
 */
export async function startAcp({ command, args, cwd, onLine }: AcpCommand, handlers: AcpHandlers): Promise<AcpProgram> {
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  createInterface({ input: child.stderr }).on('line', onLine)
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', error => reject(new Error(`it cannot be started (${error.message}).`)))
    child.once('exit', () => resolve())
  })
  exited.catch(() => {}) // reported below
  child.stdin.on('error', () => {}) // it is gone, which `exited` tells
  const connection = client({ name: 'circles-rooms' })
    .onNotification(methods.client.session.update, ({ params }) => handlers.onUpdate(params))
    .onRequest(methods.client.session.requestPermission, ({ params }) => handlers.onPermission(params))
    .connect(ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>))
  const { agent } = connection
  const early = exited.then(() => Promise.reject(new Error('it ended.')))
  early.catch(() => {})
  const initialize = agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: 'circles-rooms', version: '1' },
  })
  const stop = async () => {
    connection.close()
    await endOf(child, exited)
  }
  const { agentCapabilities = {} } = await Promise.race([initialize, early]).catch(async (error: Error) => {
    await stop()
    throw new Error(`${command} does not speak the Agent Client Protocol: ${error.message}`)
  })
  const isRunning = () => !connection.signal.aborted && !hasEnded(child)
  return { agent, capabilities: agentCapabilities, isRunning, closed: connection.closed, stop }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function endOf(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
  await exited.catch(() => {})
  clearTimeout(timer)
}
