import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider'

/** A language model of the AI SDK. The SDK's own type is not used: its declarations fail under exactOptionalPropertyTypes. */
export type LanguageModel = LanguageModelV4 | LanguageModelV3 | LanguageModelV2
