import { fromAttachment } from '../sessions/attachment.ts'
import type { RoomHost } from './room-host.ts'

/** A socket's end woke the object: it is not among those whose attachments were read then, so its session is not known. */
export function closedAsleep(host: RoomHost, socket: WebSocket, at: number): void {
  host.meter.closed(host.sockets.ledgerOn(socket), at)
  const attachment = host.sockets.attachmentOn(socket)
  if (attachment !== null) host.runIfExists((room, now) => room.leftAsleep(fromAttachment(attachment), now))
}
