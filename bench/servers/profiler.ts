import { Inspector } from './inspector.ts'

/** The self time (ms) of functions, highest first. */
export type CpuProfile = { milliseconds: number; functions: { name: string; self: number }[] }

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }
type RawProfile = { nodes: Node[]; startTime: number; endTime: number; samples: number[]; timeDeltas: number[] }

/** Runs workerd's CPU profiler over its inspector. */
export class Profiler {
  readonly #inspector: Inspector

  private constructor(inspector: Inspector) {
    this.#inspector = inspector
  }

  /** Attaches to the first Worker of this inspector. */
  static async attach(port: number): Promise<Profiler> {
    return new Profiler(await Inspector.attach(port))
  }

  async start(): Promise<void> {
    await this.#inspector.call('Profiler.enable')
    await this.#inspector.call('Profiler.setSamplingInterval', { interval: 200 }) // µs
    await this.#inspector.call('Profiler.start')
  }

  async stop(): Promise<CpuProfile> {
    const { profile } = (await this.#inspector.call('Profiler.stop')) as { profile: RawProfile }
    this.#inspector.close()
    return sumSelfTimes(profile)
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
