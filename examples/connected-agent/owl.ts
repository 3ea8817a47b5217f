import { connectAgent } from 'circles-rooms/agent'

const { CIRCLES_URL = 'http://127.0.0.1:8000', AGENT_ID = 'owl', AGENT_KEY = '' } = process.env

/** An agent in a program of its own, such as one on your machine. */
const agent = connectAgent({
  url: CIRCLES_URL,
  agent: AGENT_ID,
  key: AGENT_KEY,
  metadata: { name: 'Owl', description: 'Sees in the dark. Ask it to `deploy …` something.' },
  async onTurn({ message }, reply) {
    const [, version] = /\bdeploy\s+(\S+)/i.exec(message.content) ?? []
    if (version === undefined) return reply.write(`Hoo, hoo, ${message.author.name}!`)
    const plan = await reply.step('plan', () => ({ version, servers: 3 }))
    const { approved } = await reply.ask(`Deploy ${version}?`, { key: version, data: plan, role: 'member' })
    await reply.write(approved ? `${version} is deployed.` : `I did not deploy ${version}.`)
  },
})

console.log(`closed: ${await agent.closed}`)
