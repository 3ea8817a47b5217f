/** Something that can be put where the reader is writing. */
export type Option = { value: string; label: string; about: string }

/** The word at the caret that can be completed: `@…` anywhere, `/…` at the very beginning. */
export type Completion = { from: number; options: Option[] }

const most = 8

export function completionAt(
  text: string,
  caret: number,
  people: readonly Option[],
  commands: readonly Option[],
): Completion | null {
  const before = text.slice(0, caret)
  const mention = /(?:^|\s)@([\p{L}\p{N}_.-]*)$/u.exec(before)
  if (mention !== null) return found(caret - (mention[1]?.length ?? 0) - 1, mention[1] ?? '', people)
  const command = /^\/([a-z]*)$/.exec(before)
  return command === null ? null : found(0, command[1] ?? '', commands)
}

function found(from: number, typed: string, all: readonly Option[]): Completion | null {
  const wanted = typed.toLowerCase()
  const options = all
    .filter(
      ({ value, label }) => value.slice(1).toLowerCase().startsWith(wanted) || label.toLowerCase().startsWith(wanted),
    )
    .slice(0, most)
  // Who has written it out wants to go on, not to choose.
  const isWhole = options.some(({ value }) => value.slice(1).toLowerCase() === wanted)
  return options.length === 0 || isWhole ? null : { from, options }
}

/** The text and the caret after an option was taken. */
export function complete(
  text: string,
  caret: number,
  from: number,
  { value }: Option,
): { text: string; caret: number } {
  const head = `${text.slice(0, from)}${value} `
  return { text: head + text.slice(caret).trimStart(), caret: head.length }
}
