import type { LanguageModel } from 'ai'
import { createWorkersAI } from 'workers-ai-provider'

/** A model of Workers AI, by the binding: `@cf/…`. No key, no address. */
export function workersAi(binding: Ai, model: string): LanguageModel {
  return createWorkersAI({ binding })(model)
}
