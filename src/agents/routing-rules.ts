import { RE2JS } from 're2js'
import type { Rule } from '../protocol/commands/commands.ts'

// Routing rules come from people, and every message of a circle is matched against them. Regular expressions therefore
// run on re2js, whose time is linear in the text; a limit on the size of the program keeps the factor small
// (docs/decisions/0020-regular-expressions.md).

/** The kinds of rules, in the order in which they are tried. */
const tiers = ['literal', 'regex', 'wildcard'] as const
type Tier = (typeof tiers)[number]

type Matcher = { tier: Tier; size: number; matches: (content: string) => boolean }

/** The most instructions of one compiled expression, and of all expressions of a circle together. */
const maxSize = 200
const maxTotalSize = 1_000

const flagValues = new Map([
  ['i', RE2JS.CASE_INSENSITIVE],
  ['m', RE2JS.MULTILINE],
  ['s', RE2JS.DOTALL],
  ['u', 0], // Unicode is always on
])

/** Returns the reason why these rules cannot be set, for people, or null if they can. */
export function validateRules(rules: readonly Rule[]): string | null {
  let total = 0
  for (const { match } of rules) {
    const matcher = compile(match)
    if (typeof matcher === 'string') return `The rule ${match} is not valid: ${matcher}.`
    total += matcher.size
  }
  return total > maxTotalSize ? 'The regular expressions of all rules are too large together.' : null
}

/** Returns the agent of the first rule that matches: literal rules first, then expressions, then wildcards. */
export function agentByRule(rules: readonly Rule[], content: string): string | null {
  const text = content.trim()
  return compileAll(rules).find(({ matcher }) => matcher.matches(text))?.agent ?? null
}

type CompiledRule = { agent: string; matcher: Matcher }
const cache = new WeakMap<readonly Rule[], CompiledRule[]>() // compiled once for each array, not for each message

function compileAll(rules: readonly Rule[]): CompiledRule[] {
  const cached = cache.get(rules)
  if (cached) return cached
  const all = rules.flatMap(({ match, agent }) => {
    const matcher = compile(match)
    return typeof matcher === 'string' ? [] : [{ agent, matcher }] // stored before a newer version refused it: no match
  })
  const sorted = tiers.flatMap(tier => all.filter(({ matcher }) => matcher.tier === tier))
  cache.set(rules, sorted)
  return sorted
}

/** Compiles a rule. Returns the reason, as a clause, if it is not valid. */
function compile(match: string): Matcher | string {
  const [, source, flags = ''] = /^\/([\s\S]*)\/([a-z]*)$/.exec(match) ?? []
  if (source !== undefined && /^[dgimsuvy]*$/.test(flags)) return compileRegex(source, flags)
  const pattern = match.trim().toLowerCase()
  if (pattern === '') return 'it is empty'
  if (pattern.includes('*')) return { tier: 'wildcard', size: 0, matches: wildcardMatcher(pattern.split('*')) }
  return { tier: 'literal', size: 0, matches: content => content.toLowerCase() === pattern }
}

function compileRegex(source: string, flags: string): Matcher | string {
  if (source === '') return 'an empty expression matches every message; to match all, write *'
  const unknown = [...flags].find(flag => !flagValues.has(flag))
  if (unknown !== undefined) return `the flag ${unknown} is not supported; i, m and s are`
  try {
    const flagBits = [...flags].reduce((all, flag) => all | (flagValues.get(flag) ?? 0), 0)
    const regex = RE2JS.compile(source, flagBits)
    if (regex.programSize() > maxSize) return 'its repetitions make it too large'
    return { tier: 'regex', size: regex.programSize(), matches: content => regex.test(content) }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it cannot be parsed'
    return `it is not a regular expression, or one that needs backtracking (${reason})`
  }
}

/** Matches texts in which the pieces between the stars occur in order, the first at the start and the last at the end. */
function wildcardMatcher(pieces: string[]): (content: string) => boolean {
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
