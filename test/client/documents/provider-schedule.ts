import { createClient } from '../../../src/client/create-client.ts'
import { DocumentProvider } from '../../../src/client/documents/document-provider.ts'
import { type RandomChoices, randomChoices } from '../../../src/testing/random.ts'
import { DocumentServer } from './document-server.ts'

type Editor = { name: string; provider: DocumentProvider; vanish(): void; written: string[] }

/** A run of our own providers and a document by a seed: edits, dead connections, sleeps, crashes, changes of roles. */
export class ProviderSchedule {
  readonly steps: string[] = []
  readonly #choices: RandomChoices
  readonly #server: DocumentServer
  readonly #editors: Editor[]
  readonly #saved = new Set<string>() // entries whose author was told that everything is saved
  #entries = 0

  static async start(seed: number): Promise<ProviderSchedule> {
    return new ProviderSchedule(randomChoices(seed), await DocumentServer.start())
  }

  private constructor(choices: RandomChoices, server: DocumentServer) {
    this.#choices = choices
    this.#server = server
    this.#editors = ['ada', 'ben', 'cleo'].map(name => {
      const { platform, vanish } = server.vanishing
      const provider = new DocumentProvider(createClient('http://circles.test', { name, platform }), 'dev/plan')
      provider.awareness.setLocalState({ name })
      return { name, provider, vanish, written: [] }
    })
  }

  /** Does so many random steps, lets everybody come together, and checks what must be true. Throws if it is not. */
  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) await this.#step()
    this.#server.noticeDead()
    for (const { name } of this.#editors) this.#server.room.rights(name, 'member')
    await this.#server.advance(120_000, 500)
    this.#check()
  }

  async #step(): Promise<void> {
    const { room } = this.#server
    const editor = this.#choices.pick(this.#editors)
    const [name, act] = this.#choices.pick<[string, () => void]>([
      ['edit', () => this.#edit(editor)],
      ['edit', () => this.#edit(editor)],
      ['edit much', () => Array.from({ length: 150 }, () => this.#edit(editor))],
      ['point', () => editor.provider.awareness.setLocalStateField('at', this.#choices.roll(100))],
      ['vanish', () => editor.vanish()],
      ['notice', () => this.#server.noticeDead()],
      ['cut', () => this.#choices.chance(0.3) && this.#server.cut()],
      ['sleep', () => room.maySleep && room.hibernate()],
      ['crash', () => this.#choices.chance(0.3) && this.#server.crash()],
      ['downgrade', () => this.#choices.chance(0.5) && room.rights(editor.name, 'reader')],
      ['upgrade', () => room.rights(editor.name, 'member')],
    ])
    this.steps.push(`${name} ${editor.name}`)
    act()
    if (name === 'crash') this.#checkStored()
    this.#noteSaved()
    await this.#server.advance(this.#choices.pick([1, 5, 30, 300, 1_500, 4_000]), 1_500)
    this.#noteSaved()
  }

  #edit({ provider: { doc }, written }: Editor): void {
    const text = doc.getText('content')
    if (this.#choices.chance(0.3) && text.length > 3) text.delete(this.#choices.roll(text.length - 2), 2)
    else text.insert(this.#choices.roll(text.length + 1), 'abc')
    const entry = `${this.#entries++}`
    doc.getMap('entries').set(entry, true)
    written.push(entry)
  }

  #noteSaved(): void {
    for (const { provider, written } of this.#editors) {
      if (!provider.state.isSaved) continue
      for (const entry of written.splice(0)) this.#saved.add(entry)
    }
  }

  #checkStored(): void {
    const entries = this.#server.room.document.doc.getMap('entries')
    for (const entry of this.#saved) if (!entries.has(entry)) throw new Error(`expected the saved entry ${entry}`)
  }

  #check(): void {
    const { doc } = this.#server.room.document
    const expected = JSON.stringify([doc.getText('content').toString(), doc.getMap('entries').toJSON()])
    for (const { name, provider, written } of this.#editors) {
      const { state, doc: own, awareness } = provider
      const got = JSON.stringify([own.getText('content').toString(), own.getMap('entries').toJSON()])
      if (got !== expected) throw new Error(`expected ${name} to have ${expected}, got ${got}`)
      if (!state.isSaved)
        throw new Error(`expected ${name} to have saved all, got ${JSON.stringify(state)}, ${written}`)
      const seen = [...awareness.getStates().values()].map(one => one.name.toLowerCase()).toSorted()
      if (seen.join() !== 'ada,ben,cleo') throw new Error(`expected ${name} to see everybody, got ${seen}`)
    }
    this.#server.crash()
    this.#checkStored()
    for (const { provider } of this.#editors) provider.destroy()
  }
}
