import * as z from 'zod/v4'
import { callAdminIn } from '../http/channels/admin-call.ts'
import { readDirectory } from '../http/routes/circles.ts'
import { commandId } from '../protocol/commands/command-table.ts'
import { commandData } from '../protocol/commands/commands.ts'
import { idText, singleLine, text } from '../protocol/text-schema.ts'
import { command, membersOf, openCircle, readPage } from './circle.ts'
import { tool } from './tool.ts'
import { waitFor } from './wait.ts'

const circle = idText().min(1).max(64).describe('The name of the circle, such as dev-team')
const seq = z.int().nonnegative()
const { content, reply_to, to } = commandData.message.shape
const { approval, note } = commandData.approve.shape
const longestWait = 50 // s: most clients give a tool 60

/** The tools, by name. Each does what the HTTP API does, with the rights and at the pace of the sender. */
export const tools = {
  list: tool({
    title: 'List circles',
    description: 'The circles that you may know of, by name. Page through them with `after`.',
    reads: true,
    input: z.strictObject({
      after: idText().max(64).default('').describe('The last name of the page before'),
      limit: z.int().min(1).max(200).default(100),
    }),
    run: readDirectory,
  }),
  read: tool({
    title: 'Read a circle',
    description:
      'Events of a circle, oldest first: the last ones, or those after or before a seq. `message` is a person’s and `agent_message` an agent’s; others change one of them or say what happened. `head` is the newest seq.',
    reads: true,
    input: z.strictObject({
      circle,
      after: seq.optional(),
      before: z.int().positive().optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    run: async (context, { circle, ...range }) => readPage(await openCircle(context, circle), context, range),
  }),
  say: tool({
    title: 'Say something',
    description:
      'Sends a message to a circle, which creates it if there is none. Agents are called by `@name`. Returns its seq. Repeat `id` when you try again: it is then said once.',
    reads: false,
    input: z.strictObject({ circle, content, reply_to, to, id: commandId.optional() }),
    run: (context, { circle, id = crypto.randomUUID(), ...data }) =>
      command(context, circle, { type: 'message', id, data }),
  }),
  wait: tool({
    title: 'Wait for something to be said',
    description: `Returns the events after a seq as soon as somebody else says something, at the latest after \`seconds\`, then perhaps none. You are present meanwhile. Call it again with the last seq to go on listening; it does not wake you while you are not in it.`,
    reads: true,
    input: z.strictObject({
      circle,
      after: seq.optional().describe('The last seq that you have seen; absent: only what comes from now on'),
      mentions: singleLine().min(1).max(64).optional().describe('Return only when a message mentions this name'),
      seconds: z.number().min(0).max(longestWait).default(45),
    }),
    run: async (context, { circle, ...wanted }, signal) =>
      waitFor(await openCircle(context, circle), context, { ...wanted, signal }),
  }),
  search: tool({
    title: 'Search a circle',
    description: 'Messages that contain all the words, newest first; the last word may be a prefix.',
    reads: true,
    input: z.strictObject({ circle, query: text().min(1).max(500), limit: z.int().min(1).max(50).default(20) }),
    run: async (context, { circle, query, limit }) => {
      const found = await callAdminIn<'search'>(await openCircle(context, circle), { do: 'search', q: query, limit })
      return found instanceof Response ? found : found.value
    },
  }),
  who: tool({
    title: 'Who is in a circle',
    description: 'The people and agents who are present, and those with a role of their own.',
    reads: true,
    input: z.strictObject({ circle }),
    run: (context, { circle }) => membersOf(context, circle),
  }),
  react: tool({
    title: 'React to a message',
    description: 'Adds one emoji to a message, or removes it.',
    reads: false,
    input: commandData.react.extend({ circle }),
    run: (context, { circle, ...data }) => command(context, circle, { type: 'react', id: crypto.randomUUID(), data }),
  }),
  decide: tool({
    title: 'Approve or reject',
    description:
      'Decides what an agent asked for in an `approval_requested`. Read its description and data, and ask a person when in doubt: it takes effect at once.',
    reads: false,
    input: z.strictObject({ circle, approval, approve: z.boolean(), note }),
    run: (context, { circle, approve, ...data }) =>
      command(context, circle, { type: approve ? 'approve' : 'reject', id: crypto.randomUUID(), data }),
  }),
}
