// Runs a program in a process group of its own, and kills the group when the process that started this one ends:
// our standard input is a pipe from that process, so it ends with it in every case.
import { spawn } from 'node:child_process'

const [program, ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
child.on('exit', code => process.exit(code ?? 1))
process.on('SIGTERM', () => {}) // the child receives it too: we end with it
process.on('SIGUSR2', () => child.kill('SIGSTOP')) // the child alone: we have to see the end of who started us
process.on('SIGCONT', () => child.kill('SIGCONT'))
process.stdin.on('close', () => process.kill(-process.pid, 'SIGKILL')).resume()
