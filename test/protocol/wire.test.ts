import { expect, test } from 'vitest'
import type { z } from 'zod'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { eventData } from '../../src/protocol/events/events.ts'
import type { EphemeralData, EphemeralType } from '../../src/protocol/frames.ts'
import { type ephemeralData, eventFrame } from '../../src/protocol/wire.ts'

// What the server says in types is what the schemas describe; `history` holds events in another form until it is sent.
type Ephemeral = ReturnType<typeof ephemeralData>
type Described<Type extends EphemeralType> = z.input<Ephemeral[Type]>
type Undescribed = {
  [Type in Exclude<EphemeralType, 'history'>]: EphemeralData[Type] extends Described<Type> ? never : Type
}[Exclude<EphemeralType, 'history'>]
type Missing = Exclude<EphemeralType, keyof Ephemeral>

test('[N4] every frame is described as the server makes it', () => {
  const undescribed: [Undescribed, Missing] extends [never, never] ? 'none' : 'some' = 'none'
  expect(undescribed).toBe('none')
})

test('[N4] every logged event is described', () => {
  expect(eventFrame(builtinEvents).options).toHaveLength(Object.keys(eventData).length)
})
