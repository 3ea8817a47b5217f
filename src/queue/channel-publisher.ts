import type { Principal } from '../auth/principal.ts'
import type { CommandData } from '../protocol/commands.ts'
import type { ChannelStub } from '../stubs.ts'
import type { ChannelPublisher } from './publish-events.ts'

/** The methods of a channel's object that publish events. */
export type PublishStub = Pick<ChannelStub, 'ask' | 'publish'>

/** A channel, reached as somebody. */
export function publisherAs(principal: Principal, name: string, object: PublishStub): ChannelPublisher {
  const visit = {
    channel: name,
    principal,
    dialect: 'native',
    agent: null,
    ticket: null,
    since: null,
    epoch: null,
  } as const
  return {
    publish: publications => object.publish(visit, publications),
    say: async (id: string, data: CommandData<'message'>) => {
      const asked = await object.ask(visit, { type: 'message', id, data })
      if (asked?.answer.type === 'error') return { id, refused: asked.answer.data }
      const seq = asked?.answer.type === 'ack' ? asked.answer.data.seq : undefined
      if (seq === undefined)
        throw new Error(`a message is answered by an ack with its seq, not by ${asked?.answer.type}`)
      return { id, seq, duplicate: asked?.answer.type === 'ack' && asked.answer.data.duplicate === true }
    },
  }
}
