import { readdirSync, readFileSync } from 'node:fs'
import type { ServerTarget } from './target.ts'

const tickMicros = 10_000 // of /proc/PID/stat: 100 a second on every Linux of today; schedstat is finer

/** Reads the CPU and memory of the server's processes: all descendants of the one we started. Zero without /proc. */
export class ProcessUsage {
  readonly #target: ServerTarget

  constructor(target: ServerTarget) {
    this.#target = target
  }

  /** Returns the CPU time used so far, in µs. */
  cpuMicros(): number {
    return sum(this.#pids(), pid => threadsCpu(pid) ?? ticksCpu(pid))
  }

  /** Returns the resident memory, in bytes. */
  memoryBytes(): number {
    return (
      sum(this.#pids(), pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)) *
      1_024
    )
  }

  /** Looked up on each call: `wrangler dev` restarts the runtime after a build. */
  #pids(): number[] {
    return descendants(this.#target.pid)
  }
}

/** Returns the CPU time of a process's threads in µs, from nanoseconds; null where the kernel does not report it. */
function threadsCpu(pid: number): number | null {
  const folder = `/proc/${pid}/task`
  try {
    const threads = readdirSync(folder).map(thread => readFileSync(`${folder}/${thread}/schedstat`, 'latin1'))
    return threads.reduce((total, text) => total + Number.parseInt(text, 10), 0) / 1_000
  } catch {
    return null
  }
}

function ticksCpu(pid: number): number {
  const fields = fieldsAfterName(`/proc/${pid}/stat`)
  return (Number(fields[11]) + Number(fields[12])) * tickMicros // utime and stime
}

function descendants(root: number): number[] {
  let entries: string[]
  try {
    entries = readdirSync('/proc')
  } catch {
    return [] // not Linux
  }
  const parents = new Map<number, number>()
  for (const entry of entries.filter(name => /^\d+$/.test(name))) {
    try {
      parents.set(Number(entry), Number(fieldsAfterName(`/proc/${entry}/stat`)[1]))
    } catch {
      // the process ended meanwhile
    }
  }
  const isDescendant = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent !== undefined && (parent === root || isDescendant(parent))
  }
  return [...parents.keys()].filter(isDescendant)
}

/** Returns the fields of a stat file from the third on: the second, the program's name, may contain spaces. */
function fieldsAfterName(file: string): string[] {
  const text = readFileSync(file, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => {
    try {
      return total + of(pid)
    } catch {
      return total // the process ended meanwhile
    }
  }, 0)
}
