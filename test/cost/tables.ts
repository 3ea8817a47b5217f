import { prices } from '../../src/protocol/cost/prices.ts'
import type { Counts } from '../../src/protocol/cost/schema.ts'
import { alarmSeconds, type Example, examples, loadOf, monthOf, silentMonth } from './examples.ts'
import { readOn, type Service, services } from './managed.ts'
import { operations } from './operations.ts'

/** The computed parts of docs/cost.md, by the name in their markers. */
export const tables: Record<string, () => string> = {
  prices: pricesTable,
  operations: operationsTable,
  silence: silenceText,
  examples: examplesTable,
  services: servicesTable,
}

function pricesTable(): string {
  const { requests, duration, rows_read, rows_written, storage, worker_requests } = prices
  const million = ({ per_million, included }: { per_million: number; included: number }) => [
    `$${per_million.toFixed(per_million < 0.01 ? 3 : 2)} a million`,
    number(included),
  ]
  return table(
    [`price on ${prices.as_of}`, 'dollars', 'included a month'],
    [
      [`requests (${prices.messages_per_request} socket messages count as one)`, ...million(requests)],
      [`GB-s awake, at ${prices.memory_gb} GB`, ...million(duration)],
      ['rows read', ...million(rows_read)],
      ['rows written, alarms set', ...million(rows_written)],
      ['GB stored', `$${storage.per_gb.toFixed(2)} a month`, number(storage.included_gb)],
      ['requests to the Worker', ...million(worker_requests)],
      ['the plan', `$${prices.plan} a month`, ''],
    ],
  )
}

function silenceText(): string {
  const { alarms, bill } = silentMonth()
  return [
    'An empty circle costs nothing beyond its storage: it has no alarm and is not woken. One that is always occupied and',
    `silent costs about **$${bill.total.toFixed(3)} a month**, for two people or two thousand: its alarm fires at most every ${alarmSeconds} s, ${number(alarms)} times`,
    `a month, to check whether a socket has died, and each time costs a row and a request.`,
  ].join('\n')
}

const operationNames: Record<keyof typeof operations, string> = {
  join: 'a connection',
  message: 'a message',
  typing: 'typing, presence, a signal',
  read: 'a read position',
  wake: 'a wake-up',
  alarm: 'the alarm of an occupied circle',
  turn: 'an agent’s reply',
  streamedSecond: 'each further second it streams',
}

function operationsTable(): string {
  const rows = Object.entries(operations).map(([key, counts]: [string, Partial<Counts>]) => [
    operationNames[key as keyof typeof operations],
    twentieths(counts),
    number((counts.rows_written ?? 0) + (counts.alarm_sets ?? 0)),
    number(counts.rows_read ?? 0),
  ])
  return table(['operation', 'requests', 'rows written', 'rows read, at most'], rows)
}

function twentieths({ messages = 0, calls = 0, alarms = 0 }: Partial<Counts>): string {
  return messages > 0 ? `${messages}/${prices.messages_per_request}` : number(calls + alarms)
}

function examplesTable(): string {
  const months = examples.map(monthOf)
  const loads = examples.map(loadOf)
  const row = (label: string, of: (month: ReturnType<typeof monthOf>) => string) => [label, ...months.map(of)]
  return table(
    ['a month', ...examples.map(({ name }) => name)],
    [
      ['messages and replies', ...loads.map(({ published }) => number(published))],
      ['received', ...loads.map(({ delivered }) => number(delivered))],
      row('requests', ({ bill }) => `${number(bill.requests.quantity)}: ${dollars(bill.requests.dollars)}`),
      row(
        'hours awake',
        ({ counted, bill }) => `${number(counted.active_ms / 3_600_000)}: ${dollars(bill.duration.dollars)}`,
      ),
      row('rows written', ({ bill }) => `${number(bill.rows_written.quantity)}: ${dollars(bill.rows_written.dollars)}`),
      row('rows read', ({ bill }) => `${number(bill.rows_read.quantity)}: ${dollars(bill.rows_read.dollars)}`),
      row(
        'MB stored, after a year',
        ({ bill }) => `${number(bill.storage.quantity * 1_000)}: ${dollars(bill.storage.dollars)}`,
      ),
      row('requests to the Worker', ({ workerDollars }) => dollars(workerDollars)),
      row('**at full price**', ({ bill, workerDollars }) => `**${dollars(bill.total + workerDollars)}**`),
      row('**beyond what the plan includes**', ({ bill }) => `**${dollars(bill.beyond_included)}**`),
    ],
  )
}

function servicesTable(): string {
  const offered = (service: Service, example: Example): string => {
    const offer = service.offer(loadOf(example))
    return offer === null ? 'by quotation' : `${dollars(offer.dollars)} (${offer.plan})`
  }
  const own = (example: Example): string => {
    const { bill } = monthOf(example)
    return `**${dollars(prices.plan + bill.beyond_included)}** (Workers Paid)`
  }
  return table(
    ['a month', ...examples.map(({ name }) => name), `read ${readOn}`],
    [
      ['Circles', ...examples.map(own), 'the table above'],
      ...services.map(service => [
        service.name,
        ...examples.map(example => offered(service, example)),
        `[${service.read === 'first' ? 'their page, a stored copy' : 'third-party list, not verified'}](${service.source})`,
      ]),
    ],
  )
}

function number(amount: number): string {
  return amount >= 1 || amount === 0 ? Math.round(amount).toLocaleString('en-US') : amount.toPrecision(2)
}

function dollars(amount: number): string {
  if (amount === 0 || Number.isInteger(amount)) return `$${amount.toLocaleString('en-US')}`
  return amount < 0.005 ? 'under $0.01' : `$${amount.toFixed(2)}`
}

/** Formats a Markdown table with aligned columns. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map(row => [...(row[column] ?? '')].length)))
  const line = (cells: string[]) => `| ${cells.map((cell, column) => padded(cell, widths[column] ?? 0)).join(' | ')} |`
  return [line(head), `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - [...text].length)
}
