import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import type { ProtocolCommands, ProtocolDefinition, ProtocolEvents } from '../../src/protocol/protocol-definition.ts'

const polls = {
  events: { poll_created: z.strictObject({ question: z.string().transform(text => text.length) }) },
  commands: {
    create_poll: { role: 'member', data: z.strictObject({ question: z.string(), options: z.int().default(2) }) },
    close_poll: { data: z.strictObject({ poll: z.int() }) },
  },
} as const

test('the types of events are what the schemas give, those of commands what they take', () => {
  expectTypeOf(polls).toExtend<ProtocolDefinition>()
  expectTypeOf<ProtocolEvents<typeof polls>>().toEqualTypeOf<{ poll_created: { question: number } }>()
  expectTypeOf<ProtocolCommands<typeof polls>>().toEqualTypeOf<{
    create_poll: { question: string; options?: number | undefined }
    close_poll: { poll: number }
  }>()
})
