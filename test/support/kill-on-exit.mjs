// Runs a program in a process group of its own, and kills the group when whoever started us is gone:
// our standard input is a pipe from there, which ends with it, however it ended.
import { spawn } from 'node:child_process'

const [program, ...args] = process.argv.slice(2)
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
child.on('exit', code => process.exit(code ?? 1))
process.on('SIGTERM', () => {}) // the child has it too: we end with it
process.stdin.on('close', () => process.kill(-process.pid, 'SIGKILL')).resume()
