import { RE2JS } from 're2js'
import type { CompileRegex } from './routing-rules.ts'

// Regular expressions come from people. They run on re2js, whose time is linear in the text; a limit on the size of the
// program keeps the factor small (docs/decisions/0020-regular-expressions.md).

const maxSize = 200 // instructions of one compiled expression

// Not at the top level, where a bundler would have to keep it.
const flagValues = () =>
  new Map([
    ['i', RE2JS.CASE_INSENSITIVE],
    ['m', RE2JS.MULTILINE],
    ['s', RE2JS.DOTALL],
    ['u', 0], // Unicode is always on
  ])

/** Compiles the regular expression of a rule. */
export const compileRegex: CompileRegex = (source, flags) => {
  if (source === '') return 'an empty expression matches every message; to match all, write *'
  const values = flagValues()
  const unknown = [...flags].find(flag => !values.has(flag))
  if (unknown !== undefined) return `the flag ${unknown} is not supported; i, m and s are`
  try {
    const flagBits = [...flags].reduce((all, flag) => all | (values.get(flag) ?? 0), 0)
    const regex = RE2JS.compile(source, flagBits)
    if (regex.programSize() > maxSize) return 'its repetitions make it too large'
    return { size: regex.programSize(), test: content => regex.test(content) }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it cannot be parsed'
    return `it is not a regular expression, or one that needs backtracking (${reason})`
  }
}
