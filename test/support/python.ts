import { spawnSync } from 'node:child_process'

/** A Python that has `websockets`, or null where this machine has none. PYTHON names one. */
export const python: string | null =
  [process.env.PYTHON ?? 'python3', 'python3', '/usr/bin/python3'].find(
    candidate => spawnSync(candidate, ['-c', 'import websockets']).status === 0,
  ) ?? null
