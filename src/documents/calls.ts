import type * as z from 'zod/v4'
import type { Principal } from '../auth/principal.ts'
import type { Env } from '../env.ts'
import { noSuchChannel, type Refusal } from '../protocol/errors.ts'
import { atLeast, type PersonRole } from '../protocol/roles.ts'
import type { ComponentResult } from '../rooms/component.ts'
import type { IdentifiedCaller } from '../rpc/channel.ts'
import type { DocumentRequest } from '../rpc/document.ts'
import { channelStub } from '../stubs.ts'
import type { circleRequest, Opened } from './circle-documents.ts'
import type { Editor } from './editors.ts'

// The calls between a circle and its documents.

/** The two names of a document: `dev/plan` is `plan` in the circle `dev`. */
export function partsOf(name: string): { circle: string; document: string } {
  const slash = name.indexOf('/')
  return { circle: name.slice(0, slash), document: name.slice(slash + 1) }
}

/** The caller that a principal is in a channel. */
function callerOf(channel: string, principal: Principal): IdentifiedCaller {
  return { channel, principal, dialect: 'native', agent: null, ticket: null, since: null, epoch: null }
}

// `inForce` is never read from a token: who has it need not be admitted.
const theCircle: Principal = {
  id: 'system:circle',
  name: 'Circle',
  kind: 'person',
  role: 'owner',
  expires: null,
  inForce: 'owner',
}

/** Asks the circle of a document what a principal may do in it. */
export async function admitToDocument(env: Env, name: string, principal: Principal): Promise<Principal | Refusal> {
  if (principal.inForce !== undefined) return principal
  const { circle, document } = partsOf(name)
  const stub = channelStub(env, { kind: 'circle', name: circle })
  const request = { do: 'open', document } as const
  const answer = await stub.serve<'component'>(callerOf(circle, principal), {
    do: 'component',
    name: 'documents',
    request,
    creates: true,
  })
  if (answer === null) return noSuchChannel(`circle:${circle}`)
  if ('refused' in answer) return answer.refused
  const { role, library } = answer.value as Opened
  return { ...principal, inForce: lesser(role, principal.most ?? role), within: library }
}

function lesser(one: PersonRole, other: PersonRole): PersonRole {
  return atLeast(one, other) ? other : one
}

/** Tells a document that rights may have changed; returns how many have it open. */
export async function tellRights(env: Env, circle: string, document: string): Promise<number> {
  const name = `${circle}/${document}`
  const stub = channelStub(env, { kind: 'document', name })
  const request = { do: 'rights' } as const
  const answer = await stub.serve<'component'>(callerOf(name, theCircle), {
    do: 'component',
    name: 'document',
    request,
  })
  if (answer === null) return 0
  if ('refused' in answer)
    throw new Error(`expected the document ${name} to ask for rights, got ${answer.refused.message}`)
  return (answer.value as { open: number }).open
}

/** Asks something of a document, for an agent of its circle. */
export async function askDocument(
  env: Env,
  { circle, document }: ReturnType<typeof partsOf>,
  principal: Principal,
  request: DocumentRequest,
): Promise<ComponentResult> {
  const name = `${circle}/${document}`
  const stub = channelStub(env, { kind: 'document', name })
  const creates = request.do === 'edit'
  const answer = await stub.serve<'component'>(callerOf(name, principal), {
    do: 'component',
    name: 'document',
    request,
    creates,
  })
  return answer ?? { refused: noSuchChannel(`document:${name}`) }
}

/** Deletes a document whose circle is gone. */
export async function removeDocument(env: Env, circle: string, document: string): Promise<void> {
  const name = `${circle}/${document}`
  await channelStub(env, { kind: 'document', name }).serve(callerOf(name, theCircle), { do: 'delete' })
}

/** Tells a circle that one of its documents is gone. */
export async function tellGone(env: Env, name: string): Promise<void> {
  await tellCircle(env, name, { do: 'gone', document: partsOf(name).document })
}

/** Tells a circle who edits one of its documents. */
export async function tellEdited(env: Env, name: string, editors: readonly Editor[]): Promise<void> {
  await tellCircle(env, name, { do: 'edited', document: partsOf(name).document, editors: [...editors] })
}

async function tellCircle(env: Env, name: string, request: z.infer<typeof circleRequest>): Promise<void> {
  const { circle } = partsOf(name)
  const stub = channelStub(env, { kind: 'circle', name: circle })
  await stub.serve<'component'>(callerOf(circle, theCircle), { do: 'component', name: 'documents', request })
}
