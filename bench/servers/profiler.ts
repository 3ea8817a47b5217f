/** The self time (ms) of functions, highest first. */
export type CpuProfile = { milliseconds: number; functions: { name: string; self: number }[] }

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }
type RawProfile = { nodes: Node[]; startTime: number; endTime: number; samples: number[]; timeDeltas: number[] }

/** Runs workerd's CPU profiler over its inspector. */
export class Profiler {
  readonly #socket: WebSocket
  #calls = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Attaches to the first Worker of this inspector. */
  static async attach(port: number): Promise<Profiler> {
    const response = await fetch(`http://127.0.0.1:${port}/json`)
    const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[]
    if (target === undefined) throw new Error('the inspector lists no Worker')
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

  async stop(): Promise<CpuProfile> {
    const { profile } = (await this.#call('Profiler.stop')) as { profile: RawProfile }
    this.#socket.close()
    return sumSelfTimes(profile)
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    this.#calls += 1
    const id = this.#calls
    return new Promise((resolve, reject) => {
      const onMessage = ({ data }: MessageEvent) => {
        const response = JSON.parse(String(data))
        if (response.id !== id) return
        this.#socket.removeEventListener('message', onMessage)
        if (response.error) reject(new Error(response.error.message))
        else resolve(response.result)
      }
      this.#socket.addEventListener('message', onMessage)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }
}

function sumSelfTimes({ nodes, samples, timeDeltas, startTime, endTime }: RawProfile): CpuProfile {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const selfTimes = new Map<string, number>()
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '?'
    selfTimes.set(name, (selfTimes.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1_000)
  })
  const functions = [...selfTimes].map(([name, self]) => ({ name, self })).toSorted((a, b) => b.self - a.self)
  return { milliseconds: (endTime - startTime) / 1_000, functions }
}

function nameOf({ functionName, url, lineNumber }: Node['callFrame']): string {
  const file = url.split('/').at(-1)
  return `${functionName || '(anonymous)'}${file ? ` ${file}:${lineNumber + 1}` : ''}`
}
