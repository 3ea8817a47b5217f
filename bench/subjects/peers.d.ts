// Types for the parts of the other packages that the subjects use. They are installed by `npm run bench`
// (bench/package.json), not with Circles, which is type-checked without them.

declare module 'partyserver' {
  import { DurableObject } from 'cloudflare:workers'
  export type Connection = WebSocket
  export type ConnectionContext = { request: Request }
  export class Server<Env> extends DurableObject<Env> {
    static options: { hibernate: boolean }
    onStart(): void
    onConnect(connection: Connection, context: ConnectionContext): void
    onMessage(connection: Connection, message: string): void
    broadcast(message: string): void
  }
  export function routePartykitRequest(
    request: Request,
    env: object,
    options: { prefix: string },
  ): Promise<Response | null>
}

declare module 'agents' {
  import { type Connection, type ConnectionContext, Server } from 'partyserver'

  export type { Connection, ConnectionContext }
  export class Agent<Env> extends Server<Env> {
    sql<Row>(strings: TemplateStringsArray, ...values: (string | number)[]): Row[]
  }
  export function routeAgentRequest(
    request: Request,
    env: object,
    options: { prefix: string },
  ): Promise<Response | null>
}

declare module 'y-partyserver' {
  import { Server } from 'partyserver'
  export class YServer<Env> extends Server<Env> {
    readonly document: import('yjs').Doc
    onLoad(): Promise<void>
    onSave(): Promise<void>
  }
}

declare module '@hocuspocus/server' {
  type Payload = { document: import('yjs').Doc; documentName: string }
  export class Server {
    constructor(options: {
      address: string
      port: number
      quiet: boolean
      onLoadDocument(payload: Payload): Promise<void>
      onStoreDocument(payload: Payload): Promise<void>
    })
    listen(): Promise<unknown>
  }
}

declare module 'socket.io' {
  import type { Server as HttpServer, IncomingMessage } from 'node:http'

  type Socket = {
    request: IncomingMessage
    join(room: string): void
    emit(event: string, value: string): void
    on(event: string, listener: (value: string) => void): void
  }
  export class Server {
    constructor(server: HttpServer)
    on(event: 'connection', listener: (socket: Socket) => void): void
    to(room: string): { emit(event: string, value: string): void }
  }
}

declare module 'bun:sqlite' {
  type Query = { run(...values: (string | number)[]): void; all(...values: (string | number)[]): { text: string }[] }
  export class Database {
    constructor(file: string)
    run(sql: string): void
    query(sql: string): Query
  }
}

declare namespace Bun {
  type Socket<Data> = { data: Data; subscribe(topic: string): void; send(text: string): void }
  type UpgradeServer<Data> = { upgrade(request: Request, options: { data: Data }): boolean }
  type ServeOptions<Data> = {
    hostname: string
    port: number
    fetch(request: Request, server: UpgradeServer<Data>): Response | undefined
    websocket: {
      open(socket: Socket<Data>): void
      message(socket: Socket<Data>, message: string): void
    }
  }
  function serve<Data>(options: ServeOptions<Data>): { publish(topic: string, message: string): void }
}
