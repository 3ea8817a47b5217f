import { type Results, spread, valuesOf } from './results.ts'
import { grouped } from './table.ts'

/** What one circle carried on one core, by its size: how many messages a second until it is full. */
export function capacity(fanout: Results): string {
  const rows = fanout.scale.receivers.flatMap(receivers => {
    const [singly, ...bursts] = ['one at a time', ...fanout.scale.bursts.map(size => `bursts of ${size}`)].map(way =>
      spread(valuesOf(fanout, `${receivers} receivers, ${way}`, 'circles', 'messages_per_s')),
    )
    if (singly === undefined || Number.isNaN(singly.median)) return []
    const most = Math.max(...bursts.map(({ median }) => median).filter(median => !Number.isNaN(median)))
    return [[grouped(receivers, 0), grouped(singly.median, 0), grouped(most, 0), grouped(most * receivers, 0)]]
  })
  const head = ['members', 'messages/s, one at a time', 'messages/s, many in flight', 'deliveries/s']
  return [head, head.map(() => '---:'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
