/**
 * What the documents of the API say of operations besides their summaries, by id. It is here, and not beside the operations
 * that every Worker serves, so that a Worker without these documents does not carry it.
 */
export const operationDescriptions: Readonly<Record<string, string>> = {
  publishEvents: 'One event or a list of up to 100, each with its own result.',
  revokeUserTokens:
    'Every token of the user that was issued until now; open sockets close with 4401. For the user and for owners of the deployment.',
  getHealth: 'Calls no object.',
  getReadiness: 'The settings are complete and the circle directory responds.',
  listCircles: 'The circles that the caller may know of, by name. Page through them with `after`.',
  createCircle:
    'The caller becomes its owner. 409 if it exists, unless it was never created and the caller wrote its first message. `region` is a hint to the platform where to keep it.',
  getCircle: 'Its settings, the bounds of its log, and how many users are connected.',
  updateCircle: 'Owners only. Keys that are absent stay as they are.',
  searchCircle:
    'Finds messages that contain all the words, whatever their case and accents; the last word may be a prefix. Newest first. `before`: a seq, such as `next` of the page before; `from`: the name or the id of the author.',
  exportCircle: 'The whole log as JSON lines, one event per line.',
  importCircle:
    'Owners only. Into an empty circle, or with replace=true in place of its log. Seqs stay; the epoch is new.',
  listMembers:
    'The people who are present, and those with a role or a restriction of their own. Moderators see who is muted and who is banned; everybody sees it of themself. In the order of their ids; while there are `more`, the next page follows the last of them, as `after`.',
  updateMember: 'In force at once, on open sockets too.',
  removeMember:
    'Their sockets close. They may return unless they are banned, without a role that the circle gave and with every limit that it set. The only owner cannot leave (409).',
  createInvitation:
    'Its code makes those who use it members of a private circle, as long as its maker may give the role. Only this response shows the code; `id` takes it back.',
  listInvitations: 'Moderators only. Without their codes.',
  revokeInvitation: 'Moderators only. By its id, or by its code.',
  revokeInvitations: 'Nobody can use an invitation that was created before.',
  joinCircle: 'Makes the caller a member.',
  createTicket: 'For browsers, which cannot send a token with an upgrade: single use, 30 seconds, one channel.',
  streamEvents:
    '`id` of each event is its seq; `Last-Event-ID` or `since` resumes after one. The caller is present while the stream is open.',
  sendMessage: '201 when it was stored, 200 when the same `Idempotency-Key` stored it before.',
  redeemOwnerLink:
    'The code of the link that a deployment prints, once and within 24 hours. 410: it was used or expired.',
  listAgents: 'The agents that this deployment can call.',
  getAgent: 'Its name, and what it does.',
  listWebhooks: 'Owners only.',
  createWebhook: 'Owners only. Posts the circle’s events to a URL, in order. Only this response shows the secret.',
  updateWebhook: 'Owners only. `active: true` resumes a webhook that was switched off.',
  deleteWebhook: 'Owners only.',
  redeliverEvent: 'Owners only. The event is queued behind the delivery in flight.',
}
