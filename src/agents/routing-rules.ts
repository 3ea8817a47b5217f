import { RE2JS } from 're2js'
import type { Rule } from '../protocol/commands.ts'

// Routing rules come from people, and every line of a circle is matched against them. Expressions therefore run on
// re2js, whose time is linear in the text; its size bound keeps the factor small (docs/decisions/0020-regular-expressions.md).

/** The tiers in the order they are tried. */
const tiers = ['literal', 'regex', 'wildcard'] as const
type Tier = (typeof tiers)[number]

type Matcher = { tier: Tier; size: number; matches: (content: string) => boolean }

/** Instructions of one compiled expression, and of all expressions of a circle together. */
const maxSize = 200
const maxTotalSize = 1_000

const flagOf = new Map([
  ['i', RE2JS.CASE_INSENSITIVE],
  ['m', RE2JS.MULTILINE],
  ['s', RE2JS.DOTALL],
  ['u', 0], // Unicode is always on
])

/** Why these rules cannot be set, in plain words; null if they can. */
export function validateRules(rules: readonly Rule[]): string | null {
  let total = 0
  for (const { match } of rules) {
    const matcher = compile(match)
    if (typeof matcher === 'string') return `the rule ${match} is refused: ${matcher}`
    total += matcher.size
  }
  return total > maxTotalSize ? 'the regular expressions of the rules are too large together' : null
}

/** The agent of the first rule that matches: literal rules first, then expressions, then wildcards. */
export function agentByRule(rules: readonly Rule[], content: string): string | null {
  const text = content.trim()
  return compiled(rules).find(({ matcher }) => matcher.matches(text))?.agent ?? null
}

type Compiled = { agent: string; matcher: Matcher }[]
const known = new WeakMap<readonly Rule[], Compiled>() // expressions are compiled once per list, not once per line

function compiled(rules: readonly Rule[]): Compiled {
  const before = known.get(rules)
  if (before) return before
  const all = rules.flatMap(({ match, agent }) => {
    const matcher = compile(match)
    return typeof matcher === 'string' ? [] : [{ agent, matcher }] // refused by a newer version: it matches nothing
  })
  const sorted = tiers.flatMap(tier => all.filter(({ matcher }) => matcher.tier === tier))
  known.set(rules, sorted)
  return sorted
}

/** A matcher, or the reason why there is none. */
function compile(match: string): Matcher | string {
  const [, source, flags = ''] = /^\/([\s\S]*)\/([a-z]*)$/.exec(match) ?? []
  if (source !== undefined && /^[dgimsuvy]*$/.test(flags)) return expression(source, flags)
  const pattern = match.trim().toLowerCase()
  if (pattern === '') return 'it is empty'
  if (pattern.includes('*')) return { tier: 'wildcard', size: 0, matches: wildcard(pattern.split('*')) }
  return { tier: 'literal', size: 0, matches: content => content.toLowerCase() === pattern }
}

function expression(source: string, flags: string): Matcher | string {
  if (source === '') return 'an empty expression matches every line; write * if that is meant'
  const unknown = [...flags].find(flag => !flagOf.has(flag))
  if (unknown !== undefined) return `the flag ${unknown} means nothing here; i, m and s do`
  try {
    const regex = RE2JS.compile(
      source,
      [...flags].reduce((all, flag) => all | (flagOf.get(flag) ?? 0), 0),
    )
    if (regex.programSize() > maxSize) return 'its repetitions make it too large'
    return { tier: 'regex', size: regex.programSize(), matches: content => regex.test(content) }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it cannot be read'
    return `no valid expression, or one that could backtrack for ever (${reason})`
  }
}

/** The pieces between the stars must follow one another, the first at the start, the last at the end. */
function wildcard(pieces: string[]): (content: string) => boolean {
  const [first = '', ...rest] = pieces
  const last = rest.pop() ?? ''
  return content => {
    const text = content.toLowerCase()
    if (!text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const piece of rest) {
      const found = text.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= text.length - last.length
  }
}
