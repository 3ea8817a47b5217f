import { CircleAgent, type Reply, type TurnRequest } from 'circles-rooms/agent'

/** An agent as circles call it: a class behind a binding. A route can run it too. */
export class Librarian extends CircleAgent {
  protected override readonly metadata = { name: 'Librarian', description: 'Knows where everything is.' }

  protected override async onTurn({ message }: TurnRequest, reply: Reply): Promise<void> {
    await reply.delta(`${message.author.name}, `)
    await reply.delta(`look for "${message.content}" on the top shelf.`)
  }
}
