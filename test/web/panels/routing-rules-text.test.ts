import { expect, test } from 'vitest'
import { formatRules, parseRules } from '../../../src/web/panels/routing-rules-text.ts'

test('formatted rules parse to the same rules, and lines that are not a rule are ignored', () => {
  const rules = [
    { match: 'deploy *', agent: 'owl' },
    { match: '/a -> b/i', agent: 'pickle' },
  ]
  expect(parseRules(formatRules(rules))).toEqual(rules)
  expect(parseRules('why -> @pickle\nnonsense\n\n-> owl')).toEqual([{ match: 'why', agent: 'pickle' }])
})
