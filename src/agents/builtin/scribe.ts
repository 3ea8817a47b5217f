import type { CircleAccess, TurnMessage } from '../../protocol/turns.ts'
import { AgentError } from '../kit/agent-error.ts'
import { CircleAgent } from '../kit/circle-agent.ts'
import type { Reply } from '../kit/reply.ts'
import type { TurnRequest } from '../kit/turn-request.ts'
import { stripMentions } from '../mentions.ts'
import { escapeMentions } from './escape-mentions.ts'
import { formatDuration, formatTime } from './scribe/format-time.ts'
import { quoteMessage } from './scribe/quoting.ts'
import { summaryOf } from './scribe/summary.ts'
import { transcriptOf } from './scribe/transcript.ts'

const maxMessages = 5_000 // read for a summary or a transcript of a period
const maxCharacters = 200_000 // of them
const defaultMessages = 200 // read where no period is named
const summaryMessages = 7
const namedAuthors = 20 // the most active
const transcriptBytes = 30_000

const help = `I keep the minutes. Send me one of these:
- \`summary\`, \`summary since monday\`, \`summary of the last 3 hours\`
- \`search words\`
- \`remind me in 20 minutes to …\`, \`remind me tomorrow at 17:30 to …\` (UTC, or with a time zone: \`17:30 CET\`)
- \`reminders\` for a list, and \`forget 1\` to remove the first one
- \`transcript\`, \`transcript since 10:00\``

/** An agent without a language model: summaries, search, reminders, transcripts. */
export class Scribe extends CircleAgent {
  protected override readonly metadata = {
    name: 'Scribe',
    description: 'Keeps the minutes: summaries, search, reminders and transcripts. Needs no language model.',
  }

  protected override async onTurn(request: TurnRequest, reply: Reply): Promise<void> {
    const { message, reminder } = request
    if (reminder) return reply.write(`⏰ **${escapeMentions(message.author.name)}**: ${escapeMentions(reminder.text)}`)
    const [, verb = '', rest = ''] = /^\W*(\p{L}*)\s*([\s\S]*)$/u.exec(stripMentions(message.content)) ?? []
    await reply.status('thinking')
    switch (verb.toLowerCase()) {
      case 'summary':
      case 'summarise':
      case 'summarize':
        return this.#summary(request, reply, rest)
      case 'search':
      case 'find':
        return this.#search(reply, rest)
      case 'remind':
        return this.#remind(request, reply, rest)
      case 'reminders':
        return this.#reminders(request, reply)
      case 'forget':
        return this.#forget(reply, rest)
      case 'transcript':
        return this.#transcript(request, reply, rest)
      default:
        return reply.write(help)
    }
  }

  async #summary(request: TurnRequest, reply: Reply, period: string): Promise<void> {
    const { messages, since, isCut } = await messagesOf(request, reply.circle, period)
    if (messages.length === 0) return reply.write(`There are no messages${since}.`)
    const count = `${messages.length} ${messages.length === 1 ? 'message' : 'messages'}`
    const head = `**${isCut ? 'The newest ' : ''}${count}${since}**, from ${authorsOf(messages)}.`
    const highlights = summaryOf(messages, summaryMessages).map(quoteMessage).join('\n')
    return reply.write(highlights === '' ? `${head} None of them stands out.` : `${head} Highlights:\n${highlights}`)
  }

  async #search(reply: Reply, words: string): Promise<void> {
    if (words.trim() === '') throw new AgentError('invalid', 'Which words should I search for?', { retry: false })
    await reply.status('tool', 'search')
    const found = await reply.circle.search(words.slice(0, 1_000), 11) // one more, for the prompt itself
    const messages = found.filter(message => !isForScribe(message)).slice(0, 10)
    return reply.write(messages.length === 0 ? 'I found nothing.' : messages.map(quoteMessage).join('\n'))
  }

  async #remind({ now }: TurnRequest, reply: Reply, rest: string): Promise<void> {
    const at = Date.parse(now)
    const { parseFutureTime } = await loadTimeParser()
    const parsed = parseFutureTime(rest, at)
    if (parsed === null || parsed.at <= at) {
      throw new AgentError('invalid', 'When? For example: remind me in 20 minutes to stretch.', { retry: false })
    }
    const text = withoutFillers(parsed.rest) || 'you wanted to be reminded'
    const reminder = await reply.circle.remind(new Date(parsed.at).toISOString(), text).catch(rethrowRefusal)
    const when = `${formatDuration(parsed.at - at)} (${formatTime(reminder.at)} UTC)`
    return reply.write(`I will remind you ${when}: ${escapeMentions(reminder.text)}`)
  }

  async #reminders({ now }: TurnRequest, reply: Reply): Promise<void> {
    const reminders = await reply.circle.reminders()
    if (reminders.length === 0) return reply.write('You have no reminders.')
    const list = reminders.map(({ at, text }, index) => {
      const when = `${formatTime(at)} UTC, ${formatDuration(Date.parse(at) - Date.parse(now))}`
      return `${index + 1}. ${when}: ${escapeMentions(text)}`
    })
    return reply.write(list.join('\n'))
  }

  async #forget(reply: Reply, rest: string): Promise<void> {
    const reminder = (await reply.circle.reminders())[Number.parseInt(rest, 10) - 1]
    if (reminder === undefined)
      throw new AgentError('invalid', 'Which one? Send `reminders` for a list.', { retry: false })
    await reply.circle.forget(reminder.id)
    return reply.write(`Removed: ${escapeMentions(reminder.text)}`)
  }

  async #transcript(request: TurnRequest, reply: Reply, period: string): Promise<void> {
    const { messages, since } = await messagesOf(request, reply.circle, period)
    if (messages.length === 0) return reply.write(`There are no messages${since}.`)
    const { markdown, omitted } = transcriptOf(messages, transcriptBytes)
    const notice = `_${omitted} older messages did not fit. Ask for a shorter period, or export the circle._\n\n`
    return reply.write(omitted === 0 ? markdown : `${notice}${markdown}`)
  }
}

/** Loads the time parser on demand: about 70 ms that the start of the Worker does not pay. */
const loadTimeParser = () => import('./scribe/parse-time.ts')

/**
 * Reads the messages before the prompt, from the time that the text names, without those to and from Scribe itself.
 * `isCut`: there are older ones in the period, which are too many or too long to be read for one reply.
 */
async function messagesOf({ message, now }: TurnRequest, circle: CircleAccess, period: string) {
  const since = await startOf(period, Date.parse(now))
  const limit = since === null ? defaultMessages : maxMessages
  const pages: TurnMessage[][] = []
  let [count, characters, before, isCut] = [0, 0, message.seq, false]
  while (count < limit && !isCut) {
    const page = await circle.lines({ before, limit: 200 })
    const inPeriod = since === null ? page.lines : page.lines.filter(({ at }) => Date.parse(at) >= since)
    const read = newestWithin(inPeriod, maxCharacters - characters)
    pages.unshift(read)
    count += read.length
    characters += read.reduce((sum, { content }) => sum + content.length, 0)
    isCut = read.length < inPeriod.length
    before = page.lines[0]?.seq ?? 1
    if (!page.more || inPeriod.length < page.lines.length) break
  }
  const messages = pages.flat().filter(message => !isForScribe(message))
  return { messages, since: since === null ? '' : ` since ${formatTime(since)} UTC`, isCut }
}

async function startOf(period: string, now: number): Promise<number | null> {
  if (period.trim() === '') return null
  const since = (await loadTimeParser()).parsePastTime(period, now)
  if (since === null && /\d/.test(period)) throw new AgentError('invalid', 'Since when?', { retry: false })
  return since
}

function newestWithin(messages: readonly TurnMessage[], characters: number): TurnMessage[] {
  let left = characters
  const first = messages.findLastIndex(({ content }) => {
    left -= content.length
    return left < 0
  })
  return messages.slice(first + 1)
}

/** Lists the authors with the number of their messages, the most active first. */
function authorsOf(messages: readonly TurnMessage[]): string {
  const counts = new Map<string, number>()
  for (const { author } of messages) counts.set(author.name, (counts.get(author.name) ?? 0) + 1)
  const sorted = [...counts].sort((a, b) => b[1] - a[1])
  const named = sorted.slice(0, namedAuthors).map(([name, count]) => `${escapeMentions(name)} (${count})`)
  return [...named, ...(sorted.length > namedAuthors ? [`${sorted.length - namedAuthors} others`] : [])].join(', ')
}

function isForScribe({ trust, content }: TurnMessage): boolean {
  return trust === 'self' || /^\s*@scribe\b/i.test(content)
}

/** `me  to feed the cat` → `feed the cat` */
function withoutFillers(text: string): string {
  const words = text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:(?:me|us|please|that|to|about|:|,|-)\s+)+/i, '')
  return words
    .slice(0, endOf(words))
    .replace(/^(?:me|us)$/i, '')
    .trim()
}

/** Where a text ends without the spaces and punctuation behind it. A regular expression would take quadratic time. */
function endOf(text: string): number {
  let end = text.length
  while (end > 0 && ' ,:;-'.includes(text.charAt(end - 1))) end -= 1
  return end
}

/** Rethrows an error for people: with the room's reason if it refused the reminder, else with a general text. */
function rethrowRefusal(error: unknown): never {
  const message = error instanceof Error && error.name === 'AccessError' ? error.message : ''
  throw new AgentError('refused', message || 'The circle refused this reminder.', { retry: false })
}
