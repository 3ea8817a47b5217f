import { OnDemand } from '../../client/on-demand.ts'
import { useOnDemand } from '../lib/use-on-demand.ts'

/** Loads what knows where mentions are. */
export const mentionTools = new OnDemand(() => import('./mention-tools.ts'))

/** Returns what knows where mentions are, once it is loaded, if a text may have one; renders again when it is. */
export const useMentionTools = (text: string): typeof mentionTools.module =>
  useOnDemand(mentionTools, text.includes('@'))
