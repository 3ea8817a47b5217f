import type { CircleAccess, TurnMessage, TurnRequest } from '../../protocol/turns.ts'
import { Agent, AgentError, type Reply } from '../kit/agent.ts'
import { formatDuration, formatTime } from './scribe/format-time.ts'
import { escapeMentions, quoteLine } from './scribe/quoting.ts'
import { summaryOf } from './scribe/summary.ts'
import { transcriptOf } from './scribe/transcript.ts'

const mostLines = 5_000 // looked through for a summary or a transcript
const usualLines = 200 // where nobody says since when
const summaryLines = 7
const transcriptBytes = 30_000

const help = `I keep the minutes. Ask me for:
- \`summary\`, \`summary since monday\`, \`summary of the last 3 hours\`
- \`search words\`
- \`remind me in 20 minutes to …\`, \`remind me tomorrow at 17:30 to …\` (UTC, or say the zone: \`17:30 CET\`)
- \`reminders\`, and \`forget 1\` to take the first one back
- \`transcript\`, \`transcript since 10:00\``

/** An agent that needs no model: summaries, search, reminders, transcripts. */
export class Scribe extends Agent {
  protected override readonly about = {
    name: 'Scribe',
    description: 'Keeps the minutes: summaries, search, reminders and transcripts. Needs no language model.',
  }

  protected override async answer(request: TurnRequest, reply: Reply): Promise<void> {
    const { asked, reminder } = request
    if (reminder) return reply.say(`⏰ **${escapeMentions(asked.author.name)}**: ${escapeMentions(reminder.text)}`)
    const [, verb = '', rest = ''] = /^\W*(\p{L}*)\s*([\s\S]*)$/u.exec(withoutMentions(asked.content)) ?? []
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
        return reply.say(help)
    }
  }

  async #summary(request: TurnRequest, reply: Reply, rest: string): Promise<void> {
    const { lines, since } = await talk(request, reply.circle, rest)
    if (lines.length === 0) return reply.say(`Nothing was said${since}.`)
    const people = new Map<string, number>()
    for (const { author } of lines) people.set(author.name, (people.get(author.name) ?? 0) + 1)
    const by = [...people].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${escapeMentions(name)} (${count})`)
    const head = `**${lines.length} ${lines.length === 1 ? 'line' : 'lines'}${since}**, by ${by.join(', ')}.`
    const main = summaryOf(lines, summaryLines).map(quoteLine).join('\n')
    return reply.say(main === '' ? `${head} No line stands out.` : `${head} What stands out:\n${main}`)
  }

  async #search(reply: Reply, words: string): Promise<void> {
    if (words.trim() === '') throw new AgentError('invalid', 'Search for which words?', { retry: false })
    await reply.status('tool', 'search')
    const found = (await reply.circle.search(words.slice(0, 1_000), 11)).filter(line => !isForScribe(line)).slice(0, 10)
    if (found.length === 0) return reply.say('I found nothing.')
    return reply.say(found.map(quoteLine).join('\n'))
  }

  async #remind({ now }: TurnRequest, reply: Reply, rest: string): Promise<void> {
    const at = Date.parse(now)
    const { parseFutureTime } = await times()
    const timed = parseFutureTime(rest, at)
    if (timed === null || timed.at <= at) {
      throw new AgentError('invalid', 'When? For example: remind me in 20 minutes to stretch.', { retry: false })
    }
    const text = withoutFillers(timed.rest) || 'you wanted to be reminded'
    const reminder = await reply.circle.remind(new Date(timed.at).toISOString(), text).catch(refused)
    return reply.say(
      `I will remind you ${formatDuration(timed.at - at)} (${formatTime(reminder.at)} UTC): ${escapeMentions(reminder.text)}`,
    )
  }

  async #reminders({ now }: TurnRequest, reply: Reply): Promise<void> {
    const reminders = await reply.circle.reminders()
    if (reminders.length === 0) return reply.say('Nothing is waiting for you.')
    const list = reminders.map(({ at, text }, index) => {
      return `${index + 1}. ${formatTime(at)} UTC, ${formatDuration(Date.parse(at) - Date.parse(now))}: ${escapeMentions(text)}`
    })
    return reply.say(list.join('\n'))
  }

  async #forget(reply: Reply, rest: string): Promise<void> {
    const reminder = (await reply.circle.reminders())[Number.parseInt(rest, 10) - 1]
    if (reminder === undefined) throw new AgentError('invalid', 'Which one? `reminders` lists them.', { retry: false })
    await reply.circle.forget(reminder.id)
    return reply.say(`Forgotten: ${escapeMentions(reminder.text)}`)
  }

  async #transcript(request: TurnRequest, reply: Reply, rest: string): Promise<void> {
    const { lines, since } = await talk(request, reply.circle, rest)
    if (lines.length === 0) return reply.say(`Nothing was said${since}.`)
    const { markdown, left } = transcriptOf(lines, transcriptBytes)
    return reply.say(
      left === 0 ? markdown : `_${left} older lines did not fit: ask for less, or export._\n\n${markdown}`,
    )
  }
}

/** Loaded when it is needed: about 70 ms that nobody else waits for when the Worker starts. */
const times = () => import('./scribe/parse-time.ts')

/** The lines before the asking one, since when the text says, without talk with the scribe itself. */
async function talk({ asked, now }: TurnRequest, circle: CircleAccess, text: string) {
  const since = text.trim() === '' ? null : (await times()).parsePastTime(text, Date.parse(now))
  const lines: TurnMessage[] = []
  let before = asked.seq
  while (lines.length < (since === null ? usualLines : mostLines)) {
    const page = await circle.lines({ before, limit: 200 })
    const fresh = since === null ? page.lines : page.lines.filter(({ at }) => Date.parse(at) >= since)
    lines.unshift(...fresh)
    before = page.lines[0]?.seq ?? 1
    if (!page.more || fresh.length < page.lines.length) break
  }
  return {
    lines: lines.filter(line => !isForScribe(line)),
    since: since === null ? '' : ` since ${formatTime(since)} UTC`,
  }
}

function isForScribe({ trust, content }: TurnMessage): boolean {
  return trust === 'self' || /^\s*@scribe\b/i.test(content)
}

function withoutMentions(content: string): string {
  return content.replace(/(?<![\w.])@[a-z0-9][a-z0-9_-]*/gi, '').trim()
}

/** `me  to feed the cat` → `feed the cat` */
function withoutFillers(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:(?:me|us|please|that|to|about|:|,|-)\s+)+/i, '')
    .replace(/[\s,:;-]+$/, '')
    .replace(/^(?:me|us)$/i, '')
    .trim()
}

/** What the room says of a reminder it does not take may be shown; whatever else goes wrong may not. */
function refused(error: unknown): never {
  const message = error instanceof Error && error.name === 'AccessError' ? error.message : ''
  throw new AgentError('refused', message || 'The circle did not take this reminder.', { retry: false })
}
