import type { SeenEvent } from './checker.ts'

type Page = { events: SeenEvent[]; more: boolean; head: number; epoch: string }

/** Reads a channel's whole log over HTTP, page by page: `readLog('http://…/api/circles/dev-team')`. */
export async function readLog(channel: string, headers: Record<string, string> = {}): Promise<SeenEvent[]> {
  const log: SeenEvent[] = []
  for (;;) {
    const response = await fetch(`${channel}/events?after=${log.at(-1)?.seq ?? 0}&limit=200`, { headers })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    const page = (await response.json()) as Page
    log.push(...page.events)
    if (!page.more) return log
  }
}
