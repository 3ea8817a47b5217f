import { spawnSync } from 'node:child_process'

/** The path of a Python with `websockets`, or null if this machine has none. PYTHON overrides it. */
export const python: string | null =
  [process.env.PYTHON ?? 'python3', 'python3', '/usr/bin/python3'].find(
    candidate => spawnSync(candidate, ['-c', 'import websockets']).status === 0,
  ) ?? null
