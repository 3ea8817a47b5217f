import { CircleAgent, type Reply, type TurnRequest } from 'circles-rooms/agent'

/** An agent that counts, and publishes something if somebody approves. */
export class Bee extends CircleAgent {
  protected override readonly metadata = { name: 'Bee', description: '`count to 100`, or `publish …`.' }

  protected override async onTurn({ message }: TurnRequest, reply: Reply): Promise<void> {
    const [, what] = /\bpublish\s+(.+)/i.exec(message.content) ?? []
    if (what !== undefined) return this.#publish(what, reply)
    const last = Number(/\bcount to (\d+)/i.exec(message.content)?.[1] ?? 10)
    for (let number = 1; number <= last; number++) {
      await reply.delta(`${number} `)
      await new Promise(resolve => setTimeout(resolve, 100)) // so that one sees it grow
    }
  }

  async #publish(what: string, reply: Reply): Promise<void> {
    const { decision, by } = await reply.ask(`Publish “${what}”?`, { role: 'member', minutes: 60 })
    await reply.write(decision === 'approved' ? `**${what}** is published, as ${by} wished.` : 'It stays a draft.')
  }
}
