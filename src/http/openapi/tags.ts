/** The description of each tag of the OpenAPI document, by its name. */
export const tagDescriptions: Readonly<Record<string, string>> = {
  Circles: 'Circles and their messages.',
  Commands: 'The commands of the WebSocket protocol as requests, for every kind of channel.',
  Members: 'The people of a circle, their roles, and invitations.',
  Users: 'Users of the whole deployment.',
  Me: 'What waits for the caller in all of their circles.',
  Events: 'The log of a channel: its pages, its live stream, and publishing to it.',
  Documents: 'What people and agents of a circle write together.',
  Direct: 'Private chats with a person, or with an agent.',
  Files: 'Files and images of messages.',
  Webhooks: 'The events of a circle, posted to a URL in order.',
  Meters: 'The metered usage of a channel and its price.',
  Others: 'Tickets for sockets, and agents.',
  Operations: 'The health and the statistics of the deployment.',
}
