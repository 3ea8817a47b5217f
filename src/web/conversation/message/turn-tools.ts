import { useEffect, useState } from 'react'
import type { Turn } from '../../../client/client.ts'

// What the agents used, for the replies that this page saw being written: the log does not hold it.

const maxTurns = 200
const used = new Map<string, readonly string[]>() // by the key of the row

/** Returns the tools that the agent used for the reply in the row of this key, as far as this page saw it. */
export const toolsOf = (key: string): readonly string[] => used.get(key) ?? []

/** Returns the tools that a turn has used, but not the one that it uses now. */
export function useTools({ turn, state, tool }: Turn): readonly string[] {
  const key = `turn:${turn}`
  const [tools, setTools] = useState(() => toolsOf(key))
  const current = state === 'tool' ? (tool ?? null) : null
  useEffect(() => {
    if (current === null) return
    return () => {
      addTool(key, current)
      setTools(toolsOf(key))
    }
  }, [key, current])
  return tools
}

function addTool(key: string, tool: string): void {
  const before = toolsOf(key)
  if (before.includes(tool)) return
  used.set(key, [...before, tool])
  for (const oldest of [...used.keys()].slice(0, Math.max(0, used.size - maxTurns))) used.delete(oldest)
}
