import { agentOf } from '../../protocol/channels/channel-kinds.ts'
import { nameOf } from '../lib/kinds.ts'

/** Returns whether this channel is the reader's private chat with an agent. */
export const isAgentChat = (channel: string): boolean => agentOf(nameOf(channel)) !== null
