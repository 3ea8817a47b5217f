import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { defineProtocol } from '../../src/protocol/define-protocol.ts'
import type { ProtocolCommands, ProtocolEvents, TypedProtocol } from '../../src/protocol/protocol-definition.ts'

const polls = {
  events: { poll_created: { data: z.strictObject({ question: z.string().transform(text => text.length) }) } },
  commands: {
    create_poll: { role: 'member', data: z.strictObject({ question: z.string(), options: z.int().default(2) }) },
    close_poll: { data: z.strictObject({ poll: z.int() }) },
  },
} as const

test('the types of events are what the schemas give, those of commands what they take', () => {
  expectTypeOf(polls).toExtend<TypedProtocol>()
  expectTypeOf<ProtocolEvents<typeof polls>>().toEqualTypeOf<{ poll_created: { question: number } }>()
  expectTypeOf<ProtocolCommands<typeof polls>>().toEqualTypeOf<{
    create_poll: { question: string; options?: number | undefined }
    close_poll: { poll: number }
  }>()
})

test('what defineProtocol returns is such a protocol', () => {
  const defined = defineProtocol({
    events: { poll_voted: z.strictObject({ poll: z.int() }) },
    commands: { vote: { role: 'member', data: z.strictObject({ option: z.int() }) } },
  })
  expectTypeOf(defined).toExtend<TypedProtocol>()
  expectTypeOf<ProtocolEvents<typeof defined>>().toEqualTypeOf<{ poll_voted: { poll: number } }>()
  expectTypeOf<ProtocolCommands<typeof defined>>().toEqualTypeOf<{ vote: { option: number } }>()
})
