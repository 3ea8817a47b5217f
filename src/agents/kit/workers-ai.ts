import type { LanguageModel } from 'ai'
import { createWorkersAI } from 'workers-ai-provider'

/** Returns a model of Workers AI (`@cf/…`) through its binding, which needs no key and no address. */
export function workersAi(binding: Ai, model: string): LanguageModel {
  return createWorkersAI({ binding })(model)
}
