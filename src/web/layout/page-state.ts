/** What the reader is doing in a circle, and how the parts of the page ask for something else. */
export type PageState = {
  editing: number | null // seq of the line that is being edited
  goal: number | null // seq of the line that was jumped to
  panel: Panel
  edit(seq: number | null): void
  goTo(seq: number | null): void
  openThread(seq: number): void
  show(panel: Panel): void
}

/** What stands to the right of the conversation. */
export type Panel = { kind: 'people' } | { kind: 'thread'; seq: number } | { kind: 'search' } | { kind: 'settings' }
