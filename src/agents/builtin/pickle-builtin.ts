import type { TurnRequest } from '../../protocol/turns.ts'

/** Throws a die: a whole number from 1 to `sides`. */
export type DiceRoller = (sides: number) => number

const help = [
  '- `dice`, `2d6` or `coin`: I throw them where everybody sees it',
  '- `who is here`',
  '- `time`: what it is, in UTC',
  '- `help`: this list',
].join('\n')

const noModel =
  'no language model is configured here, so I do not understand much. Whoever runs this server can give me one: `AGENT_BASE_URL`, `AGENT_API_KEY` and `AGENT_MODEL` (docs/agents.md).'

/** Pickle without a language model: small, useful, and honest about it. */
export function builtInReply(request: TurnRequest, die: DiceRoller): string {
  const text = withoutMentions(request.asked.content)
  const skill = skills.find(({ asked }) => asked.test(text))
  return skill ? skill.answer(request, text, die) : `I heard you, but ${noModel}\n\nWhat I can do:\n${help}`
}

const skills: { asked: RegExp; answer: (request: TurnRequest, text: string, die: DiceRoller) => string }[] = [
  { asked: /\b\d{0,3}d\d{1,4}\b|\bdice\b|\broll\b/i, answer: (_, text, die) => throwDice(text, die) },
  { asked: /\bcoin\b|\bheads or tails\b/i, answer: (_request, _text, die) => (die(2) === 1 ? 'Heads.' : 'Tails.') },
  { asked: /\bwho(?:'s|’s| is|s)? (?:all )?(?:here|there|around|online)\b|\bmembers\b/i, answer: whoIsHere },
  { asked: /\b(?:what|which) (?:day|date|time)\b|^\W*(?:the )?(?:time|date|clock)\W*$/i, answer: theTime },
  { asked: /\b(?:model|llm|gpt|claude|are you (?:an? )?(?:ai|bot|robot|human|real))\b/i, answer: aboutMe },
  { asked: /\bhelp\b|\bwhat can you do\b|\bcommands\b/i, answer: () => `I am Pickle 🐱. Ask me for:\n${help}` },
  { asked: /\bthank(?:s| you)\b|\bthx\b/i, answer: () => 'You are welcome! 🐱' },
  { asked: /^\W*(?:hi|hello|hey|hallo|salut|hola|good (?:morning|evening|day))\b|^\W*$/i, answer: greet },
]

function greet({ asked }: TurnRequest): string {
  return `Hello, ${asked.author.name}! I am Pickle 🐱, the cat of this circle. Ask me for \`help\` to see what I can do.`
}

function aboutMe(): string {
  return `I am Pickle 🐱, a small program: ${noModel}`
}

function whoIsHere({ members }: TurnRequest): string {
  const names = members.map(({ name, kind }) => (kind === 'agent' ? `${name} (agent)` : name))
  if (names.length === 0) return 'Nobody but me, as far as I can see.'
  return `Here ${names.length === 1 ? 'is' : 'are'} ${new Intl.ListFormat('en').format(names)}.`
}

function theTime({ now }: TurnRequest): string {
  return `It is ${new Date(now).toUTCString().replace(/:\d\d GMT$/, '')} UTC.` // Sat, 21 Nov 2026 09:00
}

function throwDice(text: string, die: DiceRoller): string {
  const [, many, faces] = /\b(\d{0,3})d(\d{1,4})\b/i.exec(text) ?? []
  const count = Math.min(Number(many || 1), 20)
  const sides = Math.max(Number(faces ?? 6), 2)
  const thrown = Array.from({ length: count || 1 }, () => die(sides))
  const sum = thrown.reduce((total, one) => total + one, 0)
  return `🎲 ${thrown.length === 1 ? sum : `${thrown.join(' + ')} = **${sum}**`} (${thrown.length}d${sides})`
}

function withoutMentions(content: string): string {
  return content.replace(/(?<![\w.])@[a-z0-9][a-z0-9_-]*/gi, '').trim()
}
