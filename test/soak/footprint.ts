import { execFileSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'

/** The memory and the sockets that a server uses. */
export type Footprint = { megabytes: number; sockets: number }

/** Measures every process of a server's group (Linux). */
export function footprint(group: number): Footprint {
  const all = execFileSync('ps', ['-eo', 'pid=,pgid=,rss=,args='], { encoding: 'utf8' }).split('\n').map(readProcess)
  const own = all.filter(one => one.group === group && /\bworkerd\b.* serve /.test(one.args))
  const kilobytes = own.reduce((sum, one) => sum + one.kilobytes, 0)
  return { megabytes: Math.round(kilobytes / 1_024), sockets: own.reduce((sum, { pid }) => sum + socketsOf(pid), 0) }
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
    return '' // closed since the folder was read
  }
}
