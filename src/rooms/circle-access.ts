import type { CircleAccess } from '../protocol/turns.ts'

const refuse = () => Promise.reject(new Error('this circle lends its log to nobody'))

/** What an agent may do in a circle during its turn. */
export const noAccess: CircleAccess = {
  search: refuse,
  lines: refuse,
  remind: refuse,
  reminders: refuse,
  forget: refuse,
}
