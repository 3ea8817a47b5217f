import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import type { Server } from '../support/server.ts'

/** What a server takes of this machine: the runtimes' memory, wrangler's beside it, and sockets of all of them. */
export type Footprint = { runtimes: number; wrangler: number; sockets: number } // megabytes, megabytes, a count

/** Measures every process of the server's group (Linux). */
export function footprint(server: Server): Footprint {
  const all = execFileSync('ps', ['-eo', 'pid=,pgid=,rss=,args='], { encoding: 'utf8' }).split('\n').map(readProcess)
  const group = all.find(({ args }) => args.includes(server.state))?.group
  const own = all.filter(process => process.group === group && process.group !== 0)
  const megabytes = (some: Process[]) => Math.round(some.reduce((sum, { kilobytes }) => sum + kilobytes, 0) / 1_024)
  const isRuntime = ({ args }: Process) => /\bworkerd\b.* serve /.test(args)
  return {
    runtimes: megabytes(own.filter(isRuntime)),
    wrangler: megabytes(own.filter(process => !isRuntime(process))),
    sockets: own.reduce((sum, { pid }) => sum + socketsOf(pid), 0),
  }
}

type Process = { pid: number; group: number; kilobytes: number; args: string }

function readProcess(line: string): Process {
  const [, pid, group, kilobytes, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
  return { pid: Number(pid ?? 0), group: Number(group ?? 0), kilobytes: Number(kilobytes ?? 0), args }
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).filter(fd => linkOf(`${folder}/${fd}`).startsWith('socket:')).length
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // closed since it was listed
  }
}
