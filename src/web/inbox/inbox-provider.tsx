import type { ReactNode } from 'react'
import { useCaller } from '../lib/caller.ts'
import { InboxContext, useOpenInbox } from './use-inbox.ts'

/** Opens the inbox of the client's user for the components below. Guests have none. */
export function InboxProvider({ children }: { children: ReactNode }): ReactNode {
  return <InboxContext.Provider value={useOpenInbox(useCaller())}>{children}</InboxContext.Provider>
}
