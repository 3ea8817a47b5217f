import { type ReactNode, useMemo } from 'react'
import type { Channel } from '../../client/client.ts'
import { OnDemand } from '../../client/on-demand.ts'
import type { Option } from '../composer/completion.ts'
import { hasWords } from '../words/words.ts'
import { ChatContextProvider, type Commands } from './chat.tsx'
import type { ChatState } from './chat-state.ts'
import { useChatState } from './use-chat-state.ts'

/** What a chat is of. */
export type ChatProps = {
  channel: Pick<Channel, 'name'> // a channel of the client, whatever its types are
  /** Where the reader is, if the app holds it itself. */
  state?: ChatState
  /** Loads the commands of the message field. Default: there are none. */
  loadCommands?: () => Promise<Commands>
  /** Why nobody can write now, though the server would let them; null: they can. */
  blockedReason?: string | null
  children: ReactNode
}

/** Provides the components below it with a channel. */
export function ChatProvider({ state, ...props }: ChatProps): ReactNode {
  if (!hasWords()) throw new Error('<ChatProvider> needs a <UiProvider client={…}> above it')
  return state === undefined ? <OwnState {...props} /> : <WithState {...props} state={state} />
}

function OwnState(props: Omit<ChatProps, 'state'>) {
  return <WithState {...props} state={useChatState()} />
}

const nothing: readonly Option[] = []

const noCommands = (): Promise<Commands> =>
  Promise.resolve({ options: () => nothing, mistakeIn: () => null, run: () => null })

type WithStateProps = ChatProps & { state: ChatState }

function WithState({ channel, state, loadCommands = noCommands, blockedReason = null, children }: WithStateProps) {
  const commands = useMemo(() => new OnDemand(loadCommands), [loadCommands])
  const chat = useMemo(
    () => ({ channel: channel as Channel, state, blockedReason, commands }),
    [channel, state, blockedReason, commands],
  )
  return <ChatContextProvider chat={chat}>{children}</ChatContextProvider>
}
