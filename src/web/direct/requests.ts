import type { DirectChat } from '../../protocol/direct.ts'
import { request } from '../lib/api.ts'
import { kindOf, nameOf } from '../lib/kinds.ts'
import type { Identity } from '../nav/identity.ts'
import { channelPath, navigate } from '../nav/route.ts'
import { keepChat } from './direct-chats.ts'

/** Begins a private chat, or finds it, and goes there; resolves with the chat. `circle`: one that both share. */
export async function beginChat(
  identity: Identity,
  { user, circle, replace = false }: { user: string; circle?: string; replace?: boolean },
): Promise<DirectChat> {
  const body = { user, ...(circle !== undefined && { circle }) }
  const chat = await request<DirectChat>(identity, '/api/direct', { method: 'POST', body })
  keepChat(identity, chat)
  navigate(pathOf(chat.channel), { replace })
  return chat
}

/** Asks the server who is in a private chat, and keeps that. It refuses everybody else. */
export async function refreshChat(identity: Identity, channel: string): Promise<void> {
  keepChat(identity, await request<DirectChat>(identity, `/api/direct/${nameOf(channel)}`))
}

/** Asks the server for all private chats of the reader, the latest last. Guests have no such list. */
export async function refreshChats(identity: Identity): Promise<void> {
  if (identity.by === 'name') return
  const { chats } = await request<{ chats: DirectChat[] }>(identity, '/api/direct')
  for (const chat of chats.toReversed()) keepChat(identity, chat)
}

/** Takes no messages of the other one any more, or takes that back. */
export async function blockChat(identity: Identity, channel: string, blocked: boolean): Promise<void> {
  const path = `/api/direct/${nameOf(channel)}`
  keepChat(identity, await request<DirectChat>(identity, path, { method: 'PATCH', body: { blocked } }))
}

/** The address of a private chat. */
export const pathOf = (channel: string): string => channelPath(kindOf(channel).kind, nameOf(channel))
