/** What a process of workerd is told of Circles: its objects by binding, and its settings. */
export const objects = {
  CIRCLES: 'CircleObject',
  PASSES: 'PassesObject',
  REGISTER: 'RegisterObject',
  STATS: 'StatsObject',
  INBOXES: 'InboxObject',
}
export const settings = { AUTH: 'open', AUTH_SECRET: 'only the tests sign with this secret', LOG: 'json' }
