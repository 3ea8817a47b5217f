import type { Principal } from '../../src/auth/principal.ts'
import { documentComponent } from '../../src/documents/document-component.ts'
import type { DocumentPorts } from '../../src/documents/document-ports.ts'
import { DocumentSync } from '../../src/documents/document-sync.ts'
import type { Editor } from '../../src/documents/editors.ts'
import { readmit } from '../../src/documents/readmit.ts'
import type { SharedDocument } from '../../src/documents/shared-document.ts'
import { wrappings } from '../../src/documents/wrappings.ts'
import { documentKind } from '../../src/protocol/channels/channel-kinds.ts'
import type { Refusal } from '../../src/protocol/errors.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { roomCommands } from '../../src/rooms/commands/index.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import { metering } from '../../src/rooms/metering/metering.ts'
import { nothing } from '../../src/rooms/outcome.ts'
import type { ComponentDefinition, RoomTables } from '../../src/rooms/tables.ts'
import { RoomInNode, type RoomOptions } from '../../src/testing/room-in-node.ts'

/** The document `dev/plan` in plain node. */
export class DocumentRoom extends RoomInNode {
  readonly held: Held

  constructor(options: RoomOptions = {}, held: Held = { asked: [], edited: [], gone: 0, definition: null }) {
    const limits = { ...documentKind.limits, ...options.limits }
    super({ name: 'dev/plan', ...options, limits }, room => tablesOf(room, held))
    this.held = held
  }

  get sync(): DocumentSync {
    return this.room.context.components.get(DocumentSync)
  }

  get document(): SharedDocument {
    return this.sync.document
  }

  /** Another object: nothing of the last one is known. */
  override hibernate(): void {
    this.held.definition = null
    super.hibernate()
  }

  override crash(): void {
    this.held.definition = null
    super.crash()
  }

  /** What the object does when a handler throws: it opens the room again. */
  reopen(): void {
    super.hibernate()
    this.step(room => room.run(() => nothing, this.now))
  }

  /** Would the platform let it sleep? Not while a timer is pending. */
  get maySleep(): boolean {
    return this.room.nextTick() === null
  }

  /** The circle has answered what this person may do. */
  rights(name: string, admitted: Principal['role'] | Refusal | null): void {
    const sessions = [...this.room.context.sessions.values()].filter(({ user }) => user.id === name)
    for (const { principal } of sessions.slice(0, 1)) {
      const answer = typeof admitted === 'string' ? { ...principal, inForce: admitted } : admitted
      this.step(room => room.run(context => readmit(context, principal, answer, this.now), this.now))
    }
  }
}

/** What outlives the room, and what it asked of its object. */
type Held = {
  asked: (readonly Principal[])[] // for rights
  edited: (readonly Editor[])[] // told to the circle
  gone: number
  definition: ComponentDefinition | null
}

function tablesOf(room: RoomInNode, held: Held): RoomTables {
  const ports: DocumentPorts = {
    askRights: principals => void held.asked.push(principals),
    edited: editors => void held.edited.push(editors),
    gone: () => {
      held.gone += 1
    },
  }
  held.definition ??= documentComponent(ports)
  return {
    kind: documentKind,
    wrappings,
    commands: roomCommands,
    events: builtinEvents,
    hooks: builtinHooks,
    regex: null,
    limits: room.limits,
    components: [metering, held.definition],
  }
}
