import { CaptureUpdateAction, reconcileElements, restoreElements } from '@excalidraw/excalidraw'
import type { RemoteExcalidrawElement } from '@excalidraw/excalidraw/data/reconcile'
import type { OrderedExcalidrawElement } from '@excalidraw/excalidraw/element/types'
import type { Collaborator, CollaboratorPointer, ExcalidrawImperativeAPI, SocketId } from '@excalidraw/excalidraw/types'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

type Element = OrderedExcalidrawElement
type Binding = { api: ExcalidrawImperativeAPI; elements: Y.Map<Element>; awareness: Awareness }

/**
 * Keeps a drawing and a shared map of its elements equal, and shows the pointers of others. Of two versions of an element,
 * that which Excalidraw itself would keep is kept.
 */
export function bindExcalidraw({ api, elements, awareness }: Binding): void {
  const show = (): void => {
    const others = restoreElements(inOrder(elements.values()), null) as unknown as RemoteExcalidrawElement[]
    const all = reconcileElements(api.getSceneElementsIncludingDeleted() as Element[], others, api.getAppState())
    api.updateScene({ elements: all, captureUpdate: CaptureUpdateAction.NEVER }) // undo is of what was done here
  }
  const tell = (): void => {
    const changed = (api.getSceneElementsIncludingDeleted() as Element[]).filter(element => {
      const shared = elements.get(element.id)
      return shared === undefined || isNewer(element, shared)
    })
    if (changed.length === 0) return
    elements.doc?.transact(() => {
      for (const element of changed) elements.set(element.id, { ...element })
    }, api)
  }
  elements.observe((_event, { origin }) => {
    if (origin !== api) show()
  })
  api.onChange(tell)
  awareness.on('change', () => api.updateScene({ collaborators: collaborators(awareness) }))
  show()
}

/**
 * The elements as they lie on each other. Excalidraw gives a new index to what is not in order, so two pages that took them as
 * they are in the map would do that to each other for ever.
 */
function inOrder(elements: Iterable<Element>): Element[] {
  const keyOf = ({ index, id }: Element): string => `${index} ${id}`
  return [...elements].toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

/** Excalidraw's own rule: the higher version, and of two that were made at the same time that with the lower nonce. */
function isNewer(one: Element, other: Element): boolean {
  if (one.version !== other.version) return one.version > other.version
  return one.versionNonce < other.versionNonce
}

/** Tells the others where our pointer is. */
export function sharePointer(awareness: Awareness, pointer: CollaboratorPointer): void {
  awareness.setLocalStateField('pointer', pointer)
}

function collaborators(awareness: Awareness): Map<SocketId, Collaborator> {
  const others = [...awareness.getStates()].filter(([client]) => client !== awareness.clientID)
  return new Map(
    others.map(([client, { pointer, user }]) => [`${client}` as SocketId, { pointer, username: user?.name ?? null }]),
  )
}
