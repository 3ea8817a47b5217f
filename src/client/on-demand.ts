/** A module that is loaded when it is first needed, so that a page which never needs it does not load it. */
export class OnDemand<Module> {
  readonly #import: () => Promise<Module>
  #loading: Promise<Module> | null = null
  #module: Module | null = null

  constructor(importModule: () => Promise<Module>) {
    this.#import = importModule
  }

  /** The module, or null as long as it is not loaded. */
  get module(): Module | null {
    return this.#module
  }

  /** Loads the module, once. After a failure the next call tries again. */
  load(): Promise<Module> {
    this.#loading ??= this.#import().then(
      module => {
        this.#module = module
        return module
      },
      error => {
        this.#loading = null
        throw error
      },
    )
    return this.#loading
  }
}
