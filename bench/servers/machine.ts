import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'

/** The cores of server and load generator; null where the machine has one core, or no `taskset`. */
export type Cores = { server: string; generator: string } | null

/** Gives server and generator a core each: neither takes time from the other, and a figure is one core's. */
export function chooseCores(): Cores {
  return availableParallelism() > 1 && canRun('taskset') ? { server: '0', generator: '1' } : null
}

/** Returns a command that runs on one core, if one is given. */
export function pinned(core: string | undefined, command: readonly string[]): string[] {
  return core === undefined ? [...command] : ['taskset', '-c', core, ...command]
}

/** Describes the machine that the figures are measured on. */
export function describeMachine(cores: Cores) {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    pinned: cores !== null,
    load: loadavg()[0] ?? 0, // processes that wanted a core, on average over the last minute
  }
}

/** Returns whether a program can be run on this machine. */
export function canRun(program: string, args: readonly string[] = ['--version']): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false // not installed or not working: no difference here
  }
}
