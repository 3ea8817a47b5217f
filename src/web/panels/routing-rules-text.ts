import type { Rule } from '../../protocol/commands/commands.ts'

/** Formats routing rules as text, one per line: `deploy * -> owl`. */
export const formatRules = (rules: readonly Rule[]): string =>
  rules.map(({ match, agent }) => `${match} -> ${agent}`).join('\n')

/** Parses routing rules, one per line; lines that are not a rule are ignored. */
export function parseRules(text: string): Rule[] {
  return text.split('\n').flatMap(line => {
    const [, match, agent] = /^(.+?)\s*->\s*@?([a-z0-9_-]+)\s*$/.exec(line.trim()) ?? []
    return match === undefined || agent === undefined ? [] : [{ match, agent }]
  })
}
