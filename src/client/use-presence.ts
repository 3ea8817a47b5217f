'use client'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { Channel } from './channel.ts'
import type { ClientTypes, MemberIn, PresenceOf, SignalsOf } from './client-types.ts'
import type { ChannelState } from './state/state.ts'
import { useChannel } from './use-channel.ts'

/** This user, with the presence state as it was set last; null before the first connection. */
export function useSelf<Types extends ClientTypes>(
  channel: Channel<Types>,
): (ChannelState['self'] & { state: PresenceOf<Types> | null }) | null {
  const self = useChannel(channel, state => state.self)
  const state = useChannel(channel, ({ presence }) => presence)
  return useMemo(() => self && { ...self, state }, [self, state])
}

/**
 * The other users who are online, each once however many tabs they have, or what `select` takes of them. Renders again
 * only when that changes.
 */
export function useOthers<Types extends ClientTypes, Part = MemberIn<Types>>(
  channel: Channel<Types>,
  select: (member: MemberIn<Types>) => Part = asIs,
): readonly Part[] {
  const last = useRef<{ of: unknown[]; parts: readonly Part[] }>({ of: [], parts: [] })
  return useChannel(channel, ({ members, self }) => {
    const of = [members, self?.id, select]
    if (isSame(of, last.current.of)) return last.current.parts
    const parts = members.filter(({ id }) => id !== self?.id).map(select)
    last.current = { of, parts: isSame(parts, last.current.parts) ? last.current.parts : parts }
    return last.current.parts
  })
}

/**
 * The presence state that others see of this user, and a function that changes some of its keys. It may be called at
 * every movement of a pointer. `initial` is set if there is no state yet.
 */
export function useMyPresence<Types extends ClientTypes>(
  channel: Channel<Types>,
  initial?: PresenceOf<Types>,
): readonly [PresenceOf<Types> | null, Channel<Types>['updatePresence']] {
  const first = useRef(initial)
  const presence = useChannel(channel, state => state.presence)
  useEffect(() => {
    if (first.current !== undefined && channel.state.presence === null) channel.setPresence(first.current)
  }, [channel])
  const update = useCallback<Channel<Types>['updatePresence']>(change => channel.updatePresence(change), [channel])
  return useMemo(() => [presence ?? first.current ?? null, update], [presence, update])
}

/**
 * Returns a function that sends a signal of this name, and calls `onSignal` with those of others. Nothing of it is
 * stored: who is not connected misses it.
 */
export function useSignal<Types extends ClientTypes, Name extends keyof SignalsOf<Types> & string>(
  channel: Channel<Types>,
  name: Name,
  onSignal?: (value: SignalsOf<Types>[Name], userId: string) => void,
): (value: SignalsOf<Types>[Name], to?: string) => boolean {
  const handler = useRef(onSignal)
  useEffect(() => {
    handler.current = onSignal
  })
  const listens = onSignal !== undefined
  useEffect(() => {
    if (!listens) return undefined
    return (channel as Channel as Channel).on('signal', ({ data }) => {
      if (data.name === name) handler.current?.(data.value as SignalsOf<Types>[Name], data.user_id)
    })
  }, [channel, name, listens])
  return useCallback((value, to) => channel.signal(name, value, to), [channel, name])
}

const asIs = (member: unknown): never => member as never

const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((part, index) => Object.is(part, other[index]))
