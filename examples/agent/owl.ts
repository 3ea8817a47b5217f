import { AgentError, CircleAgent, type Reply, type TurnRequest } from 'circles-rooms/agent'

/** An agent in a Worker of its own. It shows what an agent can do: stream, search, fail, ask for approval. */
export class Owl extends CircleAgent {
  protected override readonly metadata = {
    name: 'Owl',
    description: 'Sees in the dark. Ask it to `look for …` something, or to `deploy …` something.',
  }

  protected override async onTurn({ message }: TurnRequest, reply: Reply): Promise<void> {
    const [, verb, what = ''] = /\b(look for|deploy)\s+(\S+)/i.exec(message.content) ?? []
    if (verb?.toLowerCase() === 'deploy') return this.#deploy(what, reply)
    if (verb?.toLowerCase() === 'look for') return this.#lookFor(what, message.seq, reply)
    if (/\b(help|what can you do)\b/i.test(message.content))
      return reply.write('I can `look for hello` in this circle, and `deploy 1.2` once somebody approves it.')
    if (/\b(mouse|mice)\b/i.test(message.content)) throw new AgentError('hungry', 'I ate it.', { retry: false })
    for (const word of ['Hoo, ', 'hoo, ', `${message.author.name}!`]) await reply.delta(word)
  }

  async #lookFor(words: string, promptSeq: number, reply: Reply): Promise<void> {
    await reply.status('tool', 'looking')
    const found = (await reply.circle.search(words, 4)).filter(({ seq }) => seq !== promptSeq)
    const places = found.map(({ seq }) => `#${seq}`).join(', ')
    await reply.write(found.length === 0 ? 'It is too dark even for me.' : `I see it in ${places}.`)
  }

  /** Deploys after an approval, which may come days later and after many restarts. */
  async #deploy(version: string, reply: Reply): Promise<void> {
    const { decision, by, by_name, note } = await reply.ask(`Deploy ${version} to production?`, {
      role: 'member',
      minutes: 60,
    })
    if (decision !== 'approved')
      return reply.write(`I did not deploy ${version}: ${decision}${note ? `, ${note}` : ''}.`)
    await reply.status('tool', 'deploying')
    await reply.write(`${version} is deployed. Approved by ${by_name ?? by}.`)
  }
}
