/** Tells who waits for a model that something came over its line, also where it is no part of the reply. */
export class ModelActivity {
  readonly #listeners = new Set<() => void>()

  /** Calls a function for each sign of life, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Reports a sign of life. */
  notify(): void {
    for (const listener of this.#listeners) listener()
  }
}

const activities = new WeakMap<object, ModelActivity>()

/** Notes the activity of a model that the kit made. */
export function setActivity<Model extends object>(model: Model, activity: ModelActivity): Model {
  activities.set(model, activity)
  return model
}

/** The activity of a model, or undefined: it was made elsewhere, and only the parts of its reply are known. */
export function activityOf(model: unknown): ModelActivity | undefined {
  return typeof model === 'object' && model !== null ? activities.get(model) : undefined
}
