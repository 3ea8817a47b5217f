// The package entry `circles-rooms/ai`: replies of language models. It needs `ai` and `@ai-sdk/openai-compatible`.

export type { LanguageModel } from './language-model.ts'
export { type AnswerOptions, answerWith, type ModelSettings, openAiCompatible } from './model.ts'
export type { Persona } from './prompt.ts'
