import { cost } from '../../protocol/cost/schema.ts'
import type { Operation } from './operations.ts'

const costs = cost.meta({ id: 'Cost' })

/** What channels cost. */
export const meters: Operation[] = [
  {
    method: 'get',
    path: '/api/circles/{name}/cost',
    summary: 'What a circle has cost, and a month of the same would',
    details: 'Owners only. `dollars` at full price, `beyond_included` as if nothing else used the account.',
    answers: { 200: costs },
  },
  {
    method: 'get',
    path: '/api/workspaces/{name}/cost',
    summary: 'The same of a workspace',
    answers: { 200: costs },
  },
  {
    method: 'get',
    path: '/api/agents/{name}/cost',
    summary: 'The same of an agent’s channel',
    answers: { 200: costs },
  },
]
