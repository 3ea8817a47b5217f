import { Agent } from 'circles/agent'

/** Falls down whenever it is asked. */
export class Clumsy extends Agent {
  protected override readonly about = { name: 'Clumsy', description: 'Falls down.' }

  protected override async answer(): Promise<void> {
    throw new Error('It fell down.')
  }
}

export default { fetch: () => new Response('Ask it in a circle.\n') }
