import type { Case } from './case.ts'
import { commandCases } from './command-cases.ts'
import { dialectCases } from './dialect-cases.ts'
import { frameCases } from './frame-cases.ts'
import type { Target } from './harness.ts'
import { httpCases } from './http-cases.ts'
import { searchCases } from './search-cases.ts'
import { allowancesCases } from './security/allowances-cases.ts'
import { clientCases } from './security/client-cases.ts'
import { directCases } from './security/direct-cases.ts'
import { entranceCases } from './security/entrance-cases.ts'
import { rightsCases } from './security/rights-cases.ts'
import { talkSecurityCases } from './security/talk-cases.ts'
import { localToolCases } from './security/watch-cases.ts'
import { tokenCases } from './token-cases.ts'

/**
 * All cases. What a request alone cannot show is tested elsewhere: what the page makes of a line, a link or a token in an
 * address (test/web/hostile.browser.test.ts), what the command line prints (test/cli), who may approve what an agent asks
 * (test/agents), and what is told above 200 members (test/rooms/commands).
 */
export const cases: readonly Case[] = [
  ...commandCases, // the longest ones first
  ...frameCases,
  ...dialectCases,
  ...tokenCases,
  ...searchCases,
  ...entranceCases,
  ...httpCases,
  ...localToolCases,
  ...clientCases,
  ...rightsCases,
  ...directCases,
  ...talkSecurityCases,
  ...allowancesCases,
]

/** The cases that apply to a server with this policy. */
export function casesFor({ policy }: Pick<Target, 'policy'>): Case[] {
  return cases.filter(testCase => testCase.policy === undefined || testCase.policy === policy)
}

/** A case in one line. */
export function nameOf({ area, input, expected }: Case): string {
  return `${area}: ${input} → ${expected}`
}
