import { readdirSync, readFileSync } from 'node:fs'
import type { Target } from './target.ts'

const tickMicros = 10_000 // of /proc/PID/stat: 100 a second on every Linux of today; schedstat is finer

/** CPU and memory of the server's processes, all those below the one we started. Zero where there is no /proc. */
export class Meter {
  readonly #target: Target

  constructor(target: Target) {
    this.#target = target
  }

  /** CPU so far, µs. */
  cpu(): number {
    return sum(this.#pids(), pid => threadsCpu(pid) ?? ticksCpu(pid))
  }

  /** Resident memory, bytes. */
  memory(): number {
    return (
      sum(this.#pids(), pid => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)) *
      1_024
    )
  }

  /** Asked for each time: `wrangler dev` starts the runtime again when it has built something. */
  #pids(): number[] {
    return descendants(this.#target.pid)
  }
}

/** What its threads used, to the nanosecond; null where the kernel does not tell. */
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
  const fields = afterName(`/proc/${pid}/stat`)
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
      parents.set(Number(entry), Number(afterName(`/proc/${entry}/stat`)[1]))
    } catch {
      // it ended meanwhile
    }
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent !== undefined && (parent === root || isBelow(parent))
  }
  return [...parents.keys()].filter(isBelow)
}

/** The fields of a stat file from the third on: the second, a program's name, may hold spaces. */
function afterName(file: string): string[] {
  const text = readFileSync(file, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => {
    try {
      return total + of(pid)
    } catch {
      return total // it ended
    }
  }, 0)
}
