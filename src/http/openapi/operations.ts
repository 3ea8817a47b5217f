import { z } from 'zod'
import { builtinEvents } from '../../protocol/builtin-events.ts'
import { busBatch, busEvent, busResult } from '../../protocol/bus-events.ts'
import { circleDescription, circleEntry, newCircle, searchPage } from '../../protocol/circles.ts'
import { commandData, configuration } from '../../protocol/commands.ts'
import { memberChange, memberEntry } from '../../protocol/member-schema.ts'
import { personRole } from '../../protocol/roles.ts'
import { agentDescription } from '../../protocol/turns.ts'
import { redelivery, webhookSchemas } from '../../protocol/webhooks.ts'
import { eventFrame } from '../../protocol/wire.ts'
import { deleteQuery, listQuery, searchQuery } from '../routes/circles.ts'
import { importQuery } from '../routes/export-import.ts'
import { historyQuery } from '../routes/history.ts'
import { invitation, invitationCode } from '../routes/members.ts'
import { streamQuery } from '../routes/stream.ts'
import { ticketOrder } from '../routes/tickets.ts'
import { meters } from './meters.ts'
import { upkeep } from './upkeep.ts'

/** One thing that can be asked over HTTP. A test holds this list together with the routes there are. */
export type Operation = {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: string // `{name}` for what varies
  summary: string
  details?: string
  open?: true // needs no token
  query?: z.ZodObject
  headers?: Record<string, string> // what each is for
  body?: z.ZodType
  bodyType?: string // JSON if not said
  answers: Record<number, z.ZodType | string> // a text: what comes instead of JSON
}

const { newWebhook, webhook, webhookChange } = webhookSchemas(builtinEvents)
const seq = z.int().positive()
const circle = circleDescription.meta({ id: 'Circle' })
const hook = webhook.meta({ id: 'Webhook' })
const page = z
  .object({
    events: z.array(eventFrame(builtinEvents)),
    more: z.boolean(),
    head: z.int().nonnegative(),
    epoch: z.string(),
  })
  .meta({ id: 'EventPage' })
const said = z.object({ seq, id: z.string() })
const invited = z.object({ invitation: z.string(), role: personRole, uses: z.int(), expires_in: z.int() })
const oneOrMany = z.union([busEvent, z.array(busEvent).max(busBatch)])
const onceKey = {
  'Idempotency-Key': 'Said again with the same key, a line is stored once (1 to 64 of A-Z a-z 0-9 _ -).',
}
const resume = { 'Last-Event-ID': 'The seq of the last event that was heard; `epoch` says of which log.' }

const circles: Operation[] = [
  {
    method: 'get',
    path: '/api/circles',
    summary: 'List circles',
    query: listQuery,
    answers: { 200: z.object({ circles: z.array(circleEntry), more: z.boolean() }) },
  },
  {
    method: 'post',
    path: '/api/circles',
    summary: 'Make a circle; you own it',
    body: newCircle,
    answers: { 201: circle },
  },
  { method: 'get', path: '/api/circles/{name}', summary: 'What a circle is', answers: { 200: circle } },
  {
    method: 'patch',
    path: '/api/circles/{name}',
    summary: 'Change a circle',
    details: 'Owners only.',
    body: configuration,
    answers: { 200: circle },
  },
  {
    method: 'delete',
    path: '/api/circles/{name}',
    summary: 'Delete a circle',
    details: 'Owners only. Sockets close with 4410; the next circle of this name has another epoch.',
    query: deleteQuery,
    answers: { 204: 'Nothing is left of it.' },
  },
  {
    method: 'get',
    path: '/api/circles/{name}/search',
    summary: 'Find lines by their words',
    details: 'All the words, whatever their case and accents; the last may be a beginning. Newest first.',
    query: searchQuery,
    answers: { 200: searchPage },
  },
  {
    method: 'post',
    path: '/api/circles/{name}/messages',
    summary: 'Say a line',
    headers: onceKey,
    body: commandData.message,
    answers: { 200: said, 201: said },
  },
  {
    method: 'get',
    path: '/api/circles/{name}/export',
    summary: 'The whole log as JSON lines',
    answers: { 200: 'application/jsonl' },
  },
  {
    method: 'post',
    path: '/api/circles/{name}/import',
    summary: 'Put an exported log into a circle',
    details:
      'Owners only. Into an empty circle, or with replace=true over what is there. The seqs stay, the epoch is new.',
    query: importQuery,
    bodyType: 'application/jsonl',
    answers: { 200: z.object({ events: z.int() }) },
  },
]

const people: Operation[] = [
  {
    method: 'get',
    path: '/api/circles/{name}/members',
    summary: 'Who is here and who may be',
    answers: { 200: z.object({ members: z.array(memberEntry) }) },
  },
  {
    method: 'patch',
    path: '/api/circles/{name}/members/{user}',
    summary: 'Raise, lower, mute or ban somebody',
    body: memberChange,
    answers: { 200: memberEntry },
  },
  {
    method: 'delete',
    path: '/api/circles/{name}/members/{user}',
    summary: 'Remove somebody',
    answers: { 204: 'They are gone, and may come back.' },
  },
  {
    method: 'post',
    path: '/api/circles/{name}/invitations',
    summary: 'Invite to a private circle',
    body: invitation,
    answers: { 201: invited },
  },
  {
    method: 'delete',
    path: '/api/circles/{name}/invitations',
    summary: 'Take back every open invitation',
    answers: { 204: 'None is open.' },
  },
  {
    method: 'post',
    path: '/api/circles/{name}/join',
    summary: 'Use an invitation',
    body: invitationCode,
    answers: { 200: memberEntry },
  },
]

const users: Operation[] = [
  {
    method: 'post',
    path: '/api/users/{id}/revoke',
    summary: 'End every token of a user that was issued until now',
    details: 'Theirs, or by an owner of the deployment. Open sockets close with 4401.',
    answers: { 200: z.object({ user: z.string(), revoked_at: z.iso.datetime(), channels: z.int() }) },
  },
]

const events: Operation[] = [
  {
    method: 'get',
    path: '/api/circles/{name}/events',
    summary: 'A page of a circle’s log',
    query: historyQuery,
    answers: { 200: page },
  },
  {
    method: 'get',
    path: '/api/workspaces/{name}/events',
    summary: 'A page of a workspace’s log',
    query: historyQuery,
    answers: { 200: page },
  },
  {
    method: 'get',
    path: '/api/agents/{name}/events',
    summary: 'A page of what an agent did',
    query: historyQuery,
    answers: { 200: page },
  },
  {
    method: 'get',
    path: '/api/channels/{kind}/{name}/stream',
    summary: 'Listen by Server-Sent Events',
    query: streamQuery,
    headers: resume,
    answers: { 200: 'text/event-stream' },
  },
  {
    method: 'post',
    path: '/api/events',
    summary: 'Tell channels of events',
    details: 'One or a list of up to 100; each has its own result.',
    body: oneOrMany,
    answers: { 200: z.object({ results: z.array(busResult) }) },
  },
]

const webhooks: Operation[] = [
  {
    method: 'get',
    path: '/api/circles/{name}/webhooks',
    summary: 'The webhooks of a circle',
    details: 'Owners only.',
    answers: { 200: z.object({ webhooks: z.array(hook) }) },
  },
  {
    method: 'post',
    path: '/api/circles/{name}/webhooks',
    summary: 'Send a circle’s events to a URL',
    details: 'The secret is shown this once.',
    body: newWebhook,
    answers: { 201: webhook.extend({ secret: z.string() }) },
  },
  {
    method: 'patch',
    path: '/api/circles/{name}/webhooks/{id}',
    summary: 'Change a webhook, or switch it on again',
    body: webhookChange,
    answers: { 200: hook },
  },
  {
    method: 'delete',
    path: '/api/circles/{name}/webhooks/{id}',
    summary: 'Remove a webhook',
    answers: { 204: 'Nothing more is sent.' },
  },
  {
    method: 'post',
    path: '/api/circles/{name}/webhooks/{id}/redeliver',
    summary: 'Send one event again',
    body: redelivery,
    answers: { 202: hook },
  },
]

const others: Operation[] = [
  {
    method: 'post',
    path: '/api/tickets',
    summary: 'A ticket for one socket',
    details: 'For browsers, which cannot send a token with an upgrade: single use, 30 seconds.',
    body: ticketOrder,
    answers: { 201: z.object({ ticket: z.string(), expires_in: z.int() }) },
  },
  {
    method: 'get',
    path: '/api/agents',
    summary: 'The agents that are bound here',
    answers: { 200: z.object({ agents: z.array(agentDescription) }) },
  },
  {
    method: 'get',
    path: '/api/agents/{name}',
    summary: 'What an agent says of itself',
    answers: { 200: agentDescription },
  },
]

/** Everything, in the order in which it is shown. */
export const operations: Record<string, Operation[]> = {
  Circles: circles,
  Members: people,
  Users: users,
  Events: events,
  Webhooks: webhooks,
  Meters: meters,
  Others: others,
  Operations: upkeep,
}
