const pageEvents = 200

/** Native events as the `history` frames in which a client gets what it missed (R3). */
export function historyPages(
  events: readonly string[],
  { timestamp, channel }: { timestamp: string; channel: string },
): string[] {
  const count = Math.max(1, Math.ceil(events.length / pageEvents))
  return Array.from({ length: count }, (_, page) => {
    const some = events.slice(page * pageEvents, (page + 1) * pageEvents)
    const more = page + 1 < count
    return `{"type":"history","data":{"events":[${some.join()}],"more":${more}},"timestamp":"${timestamp}","channel":"${channel}"}`
  })
}
