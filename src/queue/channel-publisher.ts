import type { Principal } from '../auth/principal.ts'
import type { CommandData } from '../protocol/commands/commands.ts'
import type { ChannelStub } from '../stubs.ts'
import type { ChannelPublisher } from './publish-events.ts'

/** The methods of a channel's object that store events. */
type PublishingChannel = Pick<ChannelStub, 'ask' | 'publish'>

/** Makes a publisher that stores events in a channel as this principal. */
export function publisherAs(principal: Principal, name: string, object: PublishingChannel): ChannelPublisher {
  const caller = {
    channel: name,
    principal,
    dialect: 'native',
    agent: null,
    ticket: null,
    since: null,
    epoch: null,
  } as const
  return {
    publish: publications => object.publish(caller, publications),
    sendMessage: async (id: string, data: CommandData<'message'>) => {
      const result = await object.ask(caller, { type: 'message', id, data })
      if (result?.answer.type === 'error') return { id, refused: result.answer.data }
      const seq = result?.answer.type === 'ack' ? result.answer.data.seq : undefined
      if (seq === undefined)
        throw new Error(`a message is answered by an ack with its seq, not by ${result?.answer.type}`)
      return { id, seq, duplicate: result?.answer.type === 'ack' && result.answer.data.duplicate === true }
    },
  }
}
