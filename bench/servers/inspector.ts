/** The inspector of a workerd process, by which its isolate is asked (the protocol of Chrome's DevTools). */
export class Inspector {
  readonly #socket: WebSocket
  #calls = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
  }

  /** Attaches to the first Worker of the inspector at this port. */
  static async attach(port: number): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json`)
    const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[]
    if (target === undefined) throw new Error('the inspector lists no Worker')
    const socket = new WebSocket(target.webSocketDebuggerUrl)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    return new Inspector(socket)
  }

  /** Calls a method, and returns its result. */
  call(method: string, params: object = {}): Promise<unknown> {
    this.#calls += 1
    const id = this.#calls
    return new Promise((resolve, reject) => {
      const onMessage = ({ data }: MessageEvent) => {
        const text = String(data)
        if (text.startsWith('{"method"')) return // an event, such as a part of a snapshot
        const response = JSON.parse(text)
        if (response.id !== id) return
        this.#socket.removeEventListener('message', onMessage)
        if (response.error) reject(new Error(response.error.message))
        else resolve(response.result)
      }
      this.#socket.addEventListener('message', onMessage)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  /** Collects garbage, and returns what the heap of the isolate holds then, in bytes. */
  async heapBytes(): Promise<number> {
    // A snapshot begins with a collection. workerd never answers `HeapProfiler.collectGarbage`.
    await this.call('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
    const { usedSize } = (await this.call('Runtime.getHeapUsage')) as { usedSize: number }
    return usedSize
  }

  close(): void {
    this.#socket.close()
  }
}

/** The argument with which workerd opens its inspector at a port. */
export const inspectedAt = (port: number) => `--inspector-addr=127.0.0.1:${port}`
