import { Agent } from 'circles-rooms/agent'

/** An agent whose every turn fails. */
export class Failing extends Agent {
  protected override readonly about = { name: 'Failing', description: 'Fails every turn.' }

  protected override async answer(): Promise<void> {
    throw new Error('This agent always fails.')
  }
}

/** The Worker itself serves nothing of use. */
export default { fetch: () => new Response('Prompt it in a circle.\n') }
