/** A person as the other one of a private chat sees them. */
export type DirectPerson = { id: string; name: string }

/** What is asked of a circle for private chats, and of a private chat itself. */
export type DirectRequest =
  | { do: 'find'; user: string } // in a circle: somebody who has been there
  | { do: 'begin'; people: readonly [DirectPerson, DirectPerson] } // in a private chat, by the first of them
  | { do: 'describe' }
  | { do: 'block'; blocked: boolean }

/** A private chat as one of the two sees it. `blocked`: they take no messages of the other. */
export type DirectState = { user: DirectPerson; blocked: boolean }
