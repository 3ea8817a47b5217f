import type { DirectoryStub } from '../../deployment/directory/object.ts'
import type { Env } from '../../env.ts'
import type { DirectoryEntryState } from './directory-entry.ts'

/** Tells the register of circles about one of them. One stub for all calls, so that they arrive in their order. */
export class DirectoryClient {
  readonly #context: Pick<DurableObjectState, 'waitUntil'>
  readonly #register: DirectoryStub
  #last: Promise<void> = Promise.resolve()

  constructor(context: Pick<DurableObjectState, 'waitUntil'>, env: Env) {
    this.#context = context
    // The binding's type does not know its class.
    this.#register = env.REGISTER.getByName('circles') as unknown as DirectoryStub
  }

  /** Resolves when the register knows what it was told so far, or could not be told. */
  get settled(): Promise<void> {
    return this.#last
  }

  /** Tells what is to be told, if anything is. */
  tell(listing: DirectoryEntryState): void {
    const owed = listing.take()
    if (owed === null) return
    this.#do(
      this.#register.put(owed).then(
        () => listing.confirm(owed),
        () => listing.retry(), // the register is out of reach: told again by the circle's next act
      ),
    )
  }

  remove(name: string): void {
    const again = () => this.#register.remove(name)
    const giveUp = () => {} // the list shows a circle that is gone; whoever opens it gets 404, or makes it anew
    this.#do(this.#register.remove(name).catch(again).catch(giveUp))
  }

  #do(telling: Promise<void>): void {
    this.#last = telling
    this.#context.waitUntil(telling)
  }
}
