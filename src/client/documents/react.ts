'use client'

// `circles-rooms/yjs/react`: the hook for documents.

import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Awareness } from 'y-protocols/awareness'
import type { Doc } from 'yjs'
import { useCircles } from '../react.ts'
import type { DocumentOptions, DocumentProvider, DocumentState } from './document-provider.ts'
import { SharedProviders } from './shared-providers.ts'

/** What `useDocument` returns: the document, who has it open, and how it stands with its server. */
export type DocumentResult = DocumentState & { doc: Doc; awareness: Awareness; provider: DocumentProvider }

const providers = new SharedProviders()

/**
 * A document of a circle, `dev/plan`. It is connected while some component uses it, and all that use it share it. `offline` counts
 * where it is used first.
 */
export function useDocument(name: string, { offline }: Pick<DocumentOptions, 'offline'> = {}): DocumentResult {
  const client = useCircles()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a store that is another at each render is no other document.
  const provider = useMemo(() => providers.get(client, name, offline), [client, name])
  useEffect(() => providers.use(client, provider), [client, provider])
  const subscribe = useCallback((listener: () => void) => provider.subscribe(listener), [provider])
  const state = useSyncExternalStore(
    subscribe,
    () => provider.state,
    () => provider.state,
  )
  return useMemo(() => ({ ...state, doc: provider.doc, awareness: provider.awareness, provider }), [state, provider])
}
