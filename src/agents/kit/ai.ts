// The package entry `circles-rooms/ai`: replies of language models, with tools. It needs `ai` and
// `@ai-sdk/openai-compatible`.

export type { LanguageModel } from './language-model.ts'
export { type AnswerOptions, answerWith, type ModelSettings, openAiCompatible } from './model.ts'
export { type Persona, type Prompt, promptOf } from './prompt.ts'
