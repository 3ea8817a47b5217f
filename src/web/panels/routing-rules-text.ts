import type { Rule } from '../../protocol/commands.ts'

/** Rules as lines of text, `deploy * -> owl`. */
export const formatRules = (rules: readonly Rule[]): string =>
  rules.map(({ match, agent }) => `${match} -> ${agent}`).join('\n')

/** The rules that lines of text hold; a line that is none is left out. */
export function parseRules(text: string): Rule[] {
  return text.split('\n').flatMap(line => {
    const [, match, agent] = /^(.+?)\s*->\s*@?([a-z0-9_-]+)\s*$/.exec(line.trim()) ?? []
    return match === undefined || agent === undefined ? [] : [{ match, agent }]
  })
}
