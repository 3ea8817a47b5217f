import { Agent, AgentError, type Reply, type TurnRequest } from 'circles/agent'

/** An agent in a Worker of its own. It shows everything an agent can do: answer, look things up, ask before it acts. */
export class Owl extends Agent {
  protected override readonly about = {
    name: 'Owl',
    description: 'Sees in the dark. Ask it to `look for …` something, or to `deploy …` something.',
  }

  protected override async answer({ asked }: TurnRequest, reply: Reply): Promise<void> {
    const [, verb, what = ''] = /\b(look for|deploy)\s+(\S+)/i.exec(asked.content) ?? []
    if (verb?.toLowerCase() === 'deploy') return this.#deploy(what, reply)
    if (verb?.toLowerCase() === 'look for') return this.#lookFor(what, asked.seq, reply)
    if (/\b(mouse|mice)\b/i.test(asked.content)) throw new AgentError('hungry', 'I ate it.', { retry: false })
    for (const word of ['Hoo, ', 'hoo, ', `${asked.author.name}!`]) await reply.delta(word)
  }

  async #lookFor(words: string, asking: number, reply: Reply): Promise<void> {
    await reply.status('tool', 'looking')
    const found = (await reply.circle.search(words, 4)).filter(({ seq }) => seq !== asking)
    const where = found.map(({ seq }) => `#${seq}`).join(', ')
    await reply.say(found.length === 0 ? 'It is too dark even for me.' : `I see it in ${where}.`)
  }

  /** Nothing is done before somebody who may said yes; the answer may come days later, after many restarts. */
  async #deploy(version: string, reply: Reply): Promise<void> {
    const { decision, by, note } = await reply.ask(`Deploy ${version} to production?`, { role: 'member', minutes: 60 })
    if (decision !== 'approved')
      return reply.say(`I leave ${version} where it is: ${decision}${note ? `, ${note}` : ''}.`)
    await reply.status('tool', 'deploying')
    await reply.say(`${version} is out. ${by} said yes.`)
  }
}
