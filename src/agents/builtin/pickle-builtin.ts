import type { TurnRequest } from '../kit/turn-request.ts'
import { stripMentions } from '../mentions.ts'
import { escapeMentions } from './escape-mentions.ts'

/** Rolls a die: returns a whole number from 1 to `sides`. */
export type DiceRoller = (sides: number) => number

const help = [
  '- `dice`, `2d6` or `coin`: I roll or flip it where everybody can see',
  '- `who is here`: the members of this circle',
  '- `time`: the date and time in UTC',
  '- `help`: this list',
].join('\n')

const noModel =
  'No language model is configured here, so I understand only simple requests. The operator of this server can set one up with `AGENT_BASE_URL`, `AGENT_API_KEY` and `AGENT_MODEL` (docs/agents.md).'

/** Returns Pickle's reply where no language model is configured: the reply of the first skill that matches. */
export function builtInReply(request: TurnRequest, roll: DiceRoller): string {
  const text = stripMentions(request.message.content)
  const skill = skills.find(({ pattern }) => pattern.test(text))
  return skill
    ? skill.reply(request, text, roll)
    : `Sorry, I do not understand that. ${noModel}\n\nI can help with these:\n${help}`
}

type Skill = { pattern: RegExp; reply: (request: TurnRequest, text: string, roll: DiceRoller) => string }

const skills: Skill[] = [
  { pattern: /\b\d{0,3}d\d{1,4}\b|\bdice\b|\broll\b/i, reply: (_, text, roll) => rollDice(text, roll) },
  { pattern: /\bcoin\b|\bheads or tails\b/i, reply: (_request, _text, roll) => (roll(2) === 1 ? 'Heads.' : 'Tails.') },
  { pattern: /\bwho(?:'s|’s| is|s)? (?:all )?(?:here|there|around|online)\b|\bmembers\b/i, reply: listMembers },
  { pattern: /\b(?:what|which) (?:day|date|time)\b|^\W*(?:the )?(?:time|date|clock)\W*$/i, reply: currentTime },
  { pattern: /\b(?:model|llm|gpt|claude|are you (?:an? )?(?:ai|bot|robot|human|real))\b/i, reply: introduceItself },
  {
    pattern: /\bhelp\b|\bwhat can you do\b|\bcommands\b/i,
    reply: () => `I am Pickle 🐱. I can help with these:\n${help}`,
  },
  { pattern: /\bthank(?:s| you)\b|\bthx\b/i, reply: () => 'You are welcome! 🐱' },
  { pattern: /^\W*(?:hi|hello|hey|hallo|salut|hola|good (?:morning|evening|day))\b|^\W*$/i, reply: greet },
]

function greet({ message }: TurnRequest): string {
  return `Hello, ${escapeMentions(message.author.name)}! I am Pickle 🐱, the house cat. Send me \`help\` to see what I can do.`
}

function introduceItself(): string {
  return `I am Pickle 🐱, a small program. ${noModel}`
}

function listMembers({ members }: TurnRequest): string {
  const names = members.map(({ name, kind }) => (kind === 'agent' ? `${name} (agent)` : name)).map(escapeMentions)
  if (names.length === 0) return 'Nobody is here but me.'
  return `${new Intl.ListFormat('en').format(names)} ${names.length === 1 ? 'is' : 'are'} here.`
}

function currentTime({ now }: TurnRequest): string {
  return `It is ${new Date(now).toUTCString().replace(/:\d\d GMT$/, '')} UTC.` // Sat, 21 Nov 2026 09:00
}

function rollDice(text: string, roll: DiceRoller): string {
  const [, many, faces] = /\b(\d{0,3})d(\d{1,4})\b/i.exec(text) ?? []
  const count = Math.min(Number(many || 1), 20)
  const sides = Math.max(Number(faces ?? 6), 2)
  const rolls = Array.from({ length: count || 1 }, () => roll(sides))
  const sum = rolls.reduce((total, one) => total + one, 0)
  return `🎲 ${rolls.length === 1 ? sum : `${rolls.join(' + ')} = **${sum}**`} (${rolls.length}d${sides})`
}
