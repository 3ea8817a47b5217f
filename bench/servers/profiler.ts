/** Self time (ms) of functions, most first. */
export type Profile = { milliseconds: number; functions: { name: string; self: number }[] }

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }
type Answer = { nodes: Node[]; startTime: number; endTime: number; samples: number[]; timeDeltas: number[] }

/** The CPU profiler of a workerd, over its inspector. */
export class Profiler {
  readonly #socket: WebSocket
  #calls = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Attaches to the first Worker that this inspector serves. */
  static async attach(port: number): Promise<Profiler> {
    const listed = await fetch(`http://127.0.0.1:${port}/json`)
    const [target] = (await listed.json()) as { webSocketDebuggerUrl: string }[]
    if (target === undefined) throw new Error('the inspector serves nobody')
    const socket = new WebSocket(target.webSocketDebuggerUrl)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    return new Profiler(socket)
  }

  async start(): Promise<void> {
    await this.#call('Profiler.enable')
    await this.#call('Profiler.setSamplingInterval', { interval: 200 }) // µs
    await this.#call('Profiler.start')
  }

  async stop(): Promise<Profile> {
    const { profile } = (await this.#call('Profiler.stop')) as { profile: Answer }
    this.#socket.close()
    return summed(profile)
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    this.#calls += 1
    const id = this.#calls
    return new Promise((resolve, reject) => {
      const hear = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data))
        if (answer.id !== id) return
        this.#socket.removeEventListener('message', hear)
        if (answer.error) reject(new Error(answer.error.message))
        else resolve(answer.result)
      }
      this.#socket.addEventListener('message', hear)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }
}

function summed({ nodes, samples, timeDeltas, startTime, endTime }: Answer): Profile {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const selves = new Map<string, number>()
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?'
    selves.set(name, (selves.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1_000)
  })
  const functions = [...selves].map(([name, self]) => ({ name, self })).toSorted((a, b) => b.self - a.self)
  return { milliseconds: (endTime - startTime) / 1_000, functions }
}

function nameOf({ functionName, url, lineNumber }: Node['callFrame']): string {
  const file = url.split('/').at(-1)
  return `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`
}
