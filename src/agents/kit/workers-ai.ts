import { createWorkersAI } from 'workers-ai-provider'
import type { LanguageModel } from './language-model.ts'
import { ModelActivity, setActivity } from './model-activity.ts'
import { cleanModelStream } from './model-stream.ts'

/** Returns a model of Workers AI (`@cf/…`) through its binding, which needs no key and no address. */
export function workersAi(binding: Ai, model: string): LanguageModel {
  const activity = new ModelActivity()
  const clean = { run: cleanRun(binding, () => activity.notify()) } as Pick<Ai, 'run'> as Ai // nothing else is called
  return setActivity(createWorkersAI({ binding: clean })(model), activity)
}

/** Runs a model as the binding does. What comes back is the stream that the provider expects, also of a whole reply. */
function cleanRun(binding: Ai, onActivity: () => void) {
  const run = binding.run.bind(binding) as (...args: unknown[]) => Promise<unknown>
  return async (...args: unknown[]) => {
    const reply = await run(...args)
    const body = reply instanceof ReadableStream ? reply : new Response(JSON.stringify(reply)).body
    return body === null ? reply : cleanModelStream(body, { onActivity })
  }
}
