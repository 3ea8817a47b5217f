import type { Rule } from '../protocol/commands/commands.ts'

// Routing rules come from people, and every message of a circle is matched against them. Regular expressions are compiled
// by a function that is handed in, so that a circle whose rules have none need not load it: see regex-rules.ts.

/** The kinds of rules, in the order in which they are tried. */
const tiers = ['literal', 'regex', 'wildcard'] as const
type Tier = (typeof tiers)[number]

type Matcher = { tier: Tier; size: number; matches: (content: string) => boolean }

/** A compiled expression. `size`: its instructions, of which a circle may have so many. */
export type CompiledRegex = { size: number; test(content: string): boolean }

/** Compiles `/source/flags`; returns the reason, as a clause, if it is not valid. */
export type CompileRegex = (source: string, flags: string) => CompiledRegex | string

const maxTotalSize = 1_000 // of all expressions of a circle together

/** Returns the reason why these rules cannot be set, for people, or null if they can. */
export function validateRules(rules: readonly Rule[], regex: CompileRegex | null): string | null {
  let total = 0
  for (const { match } of rules) {
    const matcher = compile(match, regex)
    if (typeof matcher === 'string') return `The rule ${match} is not valid: ${matcher}.`
    total += matcher.size
  }
  return total > maxTotalSize ? 'The regular expressions of all rules are too large together.' : null
}

/** Returns the agent of the first rule that matches: literal rules first, then expressions, then wildcards. */
export function agentByRule(rules: readonly Rule[], content: string, regex: CompileRegex | null): string | null {
  const text = content.trim()
  return compileAll(rules, regex).find(({ matcher }) => matcher.matches(text))?.agent ?? null
}

type CompiledRule = { agent: string; matcher: Matcher }
const cache = new WeakMap<readonly Rule[], CompiledRule[]>() // compiled once for each array, not for each message

function compileAll(rules: readonly Rule[], regex: CompileRegex | null): CompiledRule[] {
  const cached = cache.get(rules)
  if (cached) return cached
  const all = rules.flatMap(({ match, agent }) => {
    const matcher = compile(match, regex)
    return typeof matcher === 'string' ? [] : [{ agent, matcher }] // stored before a newer version refused it: no match
  })
  const sorted = tiers.flatMap(tier => all.filter(({ matcher }) => matcher.tier === tier))
  cache.set(rules, sorted)
  return sorted
}

/** Compiles a rule. Returns the reason, as a clause, if it is not valid. */
function compile(match: string, regex: CompileRegex | null): Matcher | string {
  const [, source, flags = ''] = /^\/([\s\S]*)\/([a-z]*)$/.exec(match) ?? []
  if (source !== undefined && /^[dgimsuvy]*$/.test(flags)) return regexMatcher(regex, source, flags)
  const pattern = match.trim().toLowerCase()
  if (pattern === '') return 'it is empty'
  if (pattern.includes('*')) return { tier: 'wildcard', size: 0, matches: wildcardMatcher(pattern.split('*')) }
  return { tier: 'literal', size: 0, matches: content => content.toLowerCase() === pattern }
}

function regexMatcher(regex: CompileRegex | null, source: string, flags: string): Matcher | string {
  if (regex === null) return 'this server takes no regular expressions'
  const compiled = regex(source, flags)
  if (typeof compiled === 'string') return compiled
  return { tier: 'regex', size: compiled.size, matches: content => compiled.test(content) }
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
