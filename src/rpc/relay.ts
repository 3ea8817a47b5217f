/** The methods of a relay's object. */
export interface RelayRpc {
  /** Accepts the WebSocket of an upgrade that the Worker has authenticated, as the circle's object would. */
  fetch(request: Request): Promise<Response>
  /** The circle has something for this relay, which is parked. */
  wake(): void
}
