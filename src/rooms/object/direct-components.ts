import { acquaintances } from '../direct/acquaintances.ts'
import { privateChat } from '../direct/private-chat.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { ComponentPorts } from './components.ts'

/** What makes a circle the private chat of two people, or lets its people begin one. */
export function directComponents({ kind, name }: ComponentPorts): ComponentDefinition[] {
  if (kind.isPair(name)) return [privateChat]
  return kind.isDirect(name) ? [] : [acquaintances]
}
