import { createContext, type ReactNode, useContext } from 'react'
import type { Channel } from '../../client/client.ts'
import type { OnDemand } from '../../client/on-demand.ts'
import type { Option } from '../composer/completion.ts'
import { DistinctNamesProvider } from '../people/distinct-name.tsx'
import type { ChatState } from './chat-state.ts'

/** The commands of a message field, which begin with a slash. */
export type Commands = {
  options(): readonly Option[] // the same list each time
  /** Returns a sentence for the writer if the text looks like a command that does not exist, or null. */
  mistakeIn(text: string): string | null
  /** Runs the text as a command; resolves with a sentence for the writer, or null. Null: it is a message. */
  run(text: string): Promise<string | null> | null
}

/** A channel, where its reader is, and why they cannot write though the server would let them. */
export type Chat = { channel: Channel; state: ChatState; blockedReason: string | null }

type WithCommands = Chat & { commands: OnDemand<Commands> }

const ChatContext = createContext<WithCommands | null>(null)

/** Provides the components below it with a chat: the same object until something of it changes. */
export function ChatContextProvider({ chat, children }: { chat: WithCommands; children: ReactNode }) {
  return (
    <ChatContext.Provider value={chat}>
      <DistinctNamesProvider channel={chat.channel}>{children}</DistinctNamesProvider>
    </ChatContext.Provider>
  )
}

function useWithCommands(): WithCommands {
  const chat = useContext(ChatContext)
  if (chat === null) throw new Error('the components of a chat need a <ChatProvider channel={…}> above them')
  return chat
}

/** Returns the channel that the components around this one show, and where its reader is. */
export const useChat = (): Chat => useWithCommands()

/** Returns what loads the commands of the message field. */
export const useCommands = (): OnDemand<Commands> => useWithCommands().commands
