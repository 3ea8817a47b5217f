import { formatNumber } from './format-number.ts'
import { markdownTable } from './markdown-table.ts'
import { type RunResults, ratiosOf, spread, valuesOf, variantsOf } from './results.ts'

/** A column: a figure of a subject, or its ratio to another subject's in the same rounds. */
type Column = { title: string; subject: string; figure: string; digits: number; over?: string }

/** One row for each variant, with the median of each column. */
function summaryTable(results: RunResults, first: string, columns: readonly Column[]): string {
  const cell = (variant: string, { over, digits, ...key }: Column) =>
    over === undefined
      ? formatNumber(spread(valuesOf(results, { variant, ...key })).median, digits)
      : spread(ratiosOf(results, { variant, ...key }, over)).median.toFixed(digits)
  const head = [first, ...columns.map(({ title }) => title)]
  const rows = variantsOf(results).map(variant => [variant, ...columns.map(column => cell(variant, column))])
  return markdownTable(
    head,
    rows,
    head.map((_, index) => (index === 0 ? 'left' : 'right')),
  )
}

/** What one room carries while nobody waits, beside the others. */
export function sustainedTable(results: RunResults): string {
  const rate = { subject: 'circles', figure: 'deliveries_per_s' }
  const over = (other: string) => ({ ...rate, title: `× \`${other}\``, over: other, digits: 2 })
  return summaryTable(results, 'a room', [
    { ...rate, title: 'deliveries/s', digits: 0 },
    ...['minimal+sql', 'partyserver+sql', 'bun+sql'].map(over),
  ])
}

/** What a message costs a circle with this many relays. */
export function relayOriginTable(results: RunResults): string {
  const subject = 'circles-relays'
  return summaryTable(results, 'a circle', [
    { title: 'messages/s', subject, figure: 'messages_per_s', digits: 0 },
    { title: '× `minimal+sql`', subject, figure: 'messages_per_s', over: 'minimal+sql', digits: 2 },
    { title: 'µs of CPU each', subject, figure: 'cpu_us_per_message', digits: 0 },
    { title: '× `minimal+sql`', subject, figure: 'cpu_us_per_message', over: 'minimal+sql', digits: 2 },
    { title: 'p99 ms', subject, figure: 'p99_ms', digits: 1 },
    { title: '× `minimal+sql`', subject, figure: 'p99_ms', over: 'minimal+sql', digits: 2 },
  ])
}

/** What a delivery costs a relay, beside a bare object that fans out to as many sockets. */
export function relayMemberTable(results: RunResults): string {
  const subject = 'circles-relays'
  return summaryTable(results, 'a relay', [
    { title: 'deliveries/s', subject, figure: 'deliveries_per_s', digits: 0 },
    { title: '× `minimal`', subject, figure: 'deliveries_per_s', over: 'minimal', digits: 2 },
    { title: 'CPU µs each', subject, figure: 'cpu_us', digits: 1 },
    { title: '× `minimal`', subject, figure: 'cpu_us', over: 'minimal', digits: 2 },
    { title: 'p99 ms', subject, figure: 'p99_ms', digits: 1 },
    { title: '× `minimal`', subject, figure: 'p99_ms', over: 'minimal', digits: 2 },
  ])
}

/** What an edit costs a server of Yjs, beside the others. */
export function documentsTable(typing: RunResults, wake: RunResults): string {
  const median = (results: RunResults, variant: string, figure: string, subject: string, digits: number) =>
    formatNumber(spread(valuesOf(results, { variant, subject, figure })).median, digits)
  const rows = ['circles', 'y-partyserver', 'hocuspocus'].map(subject => [
    `\`${subject}\``,
    ...(
      [
        [typing, '50 typing', 'cpu_us', 1],
        [typing, '50 typing', 'p50_ms', 1],
        [typing, '50 typing', 'p99_ms', 1],
        [typing, '50 typing', 'bytes', 0],
        [wake, '1 MB of text', 'answer_ms', 0],
        [wake, '2.2 MB of text', 'answer_ms', 0],
      ] as const
    ).map(([results, variant, figure, digits]) => median(results, variant, figure, subject, digits)),
  ])
  const head = ['a server', 'CPU µs', 'p50 ms', 'p99 ms', 'bytes', 'wake 1 MB, ms', 'wake 2.2 MB, ms']
  return markdownTable(
    head,
    rows,
    head.map((_, index) => (index === 0 ? 'left' : 'right')),
  )
}
