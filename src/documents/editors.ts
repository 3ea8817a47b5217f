const againMs = 60_000 // a person who goes on editing

/** Somebody who edits. */
export type Editor = { id: string; name: string }

/** Who edits a document, for its circle: each is told at once, and then at most once a minute. */
export class Editors {
  readonly #toldAt = new Map<string, number>() // ms, by id
  readonly #untold = new Map<string, Editor>()

  /** Somebody has edited. */
  add({ id, name }: Editor): void {
    this.#untold.set(id, { id, name })
  }

  /** Those whom the circle is to be told of now. `editor`: one more who has edited. */
  take(now: number, editor?: Editor): Editor[] {
    if (editor !== undefined) this.add(editor)
    for (const [id, at] of this.#toldAt) if (now >= at + againMs) this.#toldAt.delete(id)
    const editors = [...this.#untold.values()].filter(({ id }) => !this.#toldAt.has(id))
    this.#untold.clear()
    for (const { id } of editors) this.#toldAt.set(id, now)
    return editors
  }
}
