import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

/** Which cores the two sides run on; null where the machine has one core, or no `taskset`. */
export type Cores = { server: string; load: string } | null

/** Server and generator on a core each: neither takes time from the other, and a figure is one core's. */
export function chooseCores(): Cores {
  return availableParallelism() > 1 && has('taskset') ? { server: '0', load: '1' } : null
}

/** A command, kept on one core. */
export function pinned(core: string | undefined, command: readonly string[]): string[] {
  return core === undefined ? [...command] : ['taskset', '-c', core, ...command]
}

/** What the figures were measured on. */
export function describeMachine(cores: Cores) {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    pinned: cores !== null,
    load: loadavg()[0] ?? 0, // processes that wanted a core in the minute before
  }
}

/** Can this program be run here? */
export function has(program: string, args: readonly string[] = ['--version']): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false // not installed, or not working: the same to us
  }
}
