/** A text that can be inserted at the caret, with the label it is also found by and a short description. */
export type Option = { value: string; label: string; description: string }

/** The options for the word at the caret, and the index in the text where that word begins. */
export type Completion = { from: number; options: Option[] }

const maxOptions = 8

/** Returns the completion at the caret, or null: `@…` anywhere is a mention, `/…` at the beginning is a command. */
export function completionAt(
  text: string,
  caret: number,
  people: readonly Option[],
  commands: readonly Option[],
): Completion | null {
  const before = text.slice(0, caret)
  const mention = /(?:^|\s)@([\p{L}\p{N}_.-]*)$/u.exec(before)
  if (mention !== null) return match(caret - (mention[1]?.length ?? 0) - 1, mention[1] ?? '', people)
  const command = /^\/([a-z]*)$/.exec(before)
  return command === null ? null : match(0, command[1] ?? '', commands)
}

function match(from: number, typed: string, all: readonly Option[]): Completion | null {
  const prefix = typed.toLowerCase()
  const options = all
    .filter(
      ({ value, label }) => value.slice(1).toLowerCase().startsWith(prefix) || label.toLowerCase().startsWith(prefix),
    )
    .slice(0, maxOptions)
  // A word that is typed out needs no completion, and its Enter should send.
  const isComplete = options.some(({ value }) => value.slice(1).toLowerCase() === prefix)
  return options.length === 0 || isComplete ? null : { from, options }
}

/** Returns the text with the word at the caret replaced by the option, and the new caret. */
export function applyOption(
  text: string,
  caret: number,
  from: number,
  { value }: Option,
): { text: string; caret: number } {
  const head = `${text.slice(0, from)}${value} `
  return { text: head + text.slice(caret).trimStart(), caret: head.length }
}
