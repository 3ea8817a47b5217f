// Tags around what a model thinks aloud, of the chat templates in use; and code, in which a tag is only text.
const names = [
  ...['antthinking', 'thinking', 'thinking_process', 'thoughts', 'thought', 'think', 'longcat_think', 'reasoning'],
  ...['reflection', 'scratchpad', 'inner_thoughts', 'inner_monologue', 'internal_monologue'],
]
const tag = `<\\|?\\s*(?<slash>/?)\\s*(?:antml:|seed:|mm:)?(?:${names.join('|')})(?=[\\s/|>])[^<>]{0,100}>`
// OpenAI's harmony format: each message has a header, `<|start|>assistant<|channel|>analysis<|message|>`, and an end.
const header = `(?=<\\|(?:start|channel)\\|>)(?:<\\|start\\|>[^<>\\n]{0,100})?(?:<\\|channel\\|>(?<channel>[^<>\\n]{0,200}))?(?:<\\|constrain\\|>[^<>\\n]{0,100})?<\\|message\\|>`
// Special tokens of Cohere, Gemma and MedGemma.
const special = `<(?<opens>\\|start_thinking\\||\\|channel|unused94)>|<(?<closes>\\|end_thinking\\||channel\\||unused95)>|<\\|(?<silent>start|end)_response\\|>`
const token = new RegExp(
  `${header}|<\\|(?<end>end|return|call)\\|>|${tag}|\\[(?<bracketSlash>/?)THINK\\]|◁(?<triangleSlash>/?)think▷|<\\|(?<thought>begin|end)_of_thought\\|>|${special}|\`+|\\n\\n`,
  'i',
)

// What may be the beginning of one of these at the end of a chunk.
const halfHeader = /(?:<\|(?:start|channel|constrain)\|>[^<>\n]{0,200}){1,3}(?:<(?:\|[a-z]{0,9}\|?)?)?$/i
const cutHeader = /(?:<\|start\|>[^<>\n]{0,100})?<\|channel\|>[a-z][^\n]{0,300}$/i // where a reply was cut
const partial = new RegExp(`${halfHeader.source}|(?:<[^<>]{0,120}|\\[\\/?[THINK]{0,5}|◁\\/?[think]{0,5}|\`+|\\n)$`, 'i')
const tagNames = [
  ...[...names, 'antml:', 'seed:', 'mm:', 'begin_of_thought', 'end_of_thought', 'channel>', 'unused94', 'unused95'],
  ...['start_thinking|', 'end_thinking|', 'start_response|', 'end_response|'],
]
const harmonyNames = ['start|', 'channel|', 'constrain|', 'message|', 'end|', 'return|', 'call|']

/**
 * Takes what a model thinks aloud out of its reply, chunk by chunk. A filter that *holds* keeps text back, since it may
 * turn out to be a thought whose opening tag the server left out; `release` and `end` return it.
 */
export class ReasoningFilter {
  #mode: 'held' | 'open' | 'thinking'
  #buffer = '' // the end of the last chunk, which may be half a tag
  #held: string[] = []
  #codeFence = '' // the backticks that opened code
  #nested = 0 // thoughts that began within a thought
  #hasShown = false
  #isHarmony = false // a message with a header came
  /** Whether text that was returned already turned out to be a thought. */
  hasLeaked = false

  constructor({ holds }: { holds: boolean }) {
    this.#mode = holds ? 'held' : 'open'
  }

  /** Adds text of the model and returns what people may see now. */
  push(text: string): string[] {
    this.#buffer += text
    return this.#drain(false)
  }

  /** Stops holding back, and returns what was held. */
  release(): string[] {
    if (this.#mode !== 'held' || this.#nested > 0) return []
    this.#mode = 'open'
    return this.#held.splice(0)
  }

  /** Returns the rest when the reply is over. */
  end(): string[] {
    const rest = this.#drain(true)
    return [...this.#held.splice(0), ...rest]
  }

  #drain(isOver: boolean): string[] {
    const shown: string[] = []
    for (let match = token.exec(this.#buffer); match !== null; match = token.exec(this.#buffer)) {
      const [text] = match
      const after = match.index + text.length
      if (!isOver && after === this.#buffer.length && text.startsWith('`')) break // more may follow
      this.#add(this.#buffer.slice(0, match.index), shown)
      this.#buffer = this.#buffer.slice(after)
      this.#take(text, match.groups ?? {}, shown)
    }
    if (isOver && this.#codeFence === '')
      this.#buffer = this.#buffer.replace(this.#isHarmony ? halfHeader : cutHeader, '')
    const kept = isOver ? '' : keptEnd(this.#buffer)
    this.#add(this.#buffer.slice(0, this.#buffer.length - kept.length), shown)
    this.#buffer = kept
    return shown
  }

  #take(text: string, groups: Record<string, string | undefined>, shown: string[]): void {
    const { slash, bracketSlash, triangleSlash, thought, closes } = groups
    const isCode = this.#codeFence !== '' && this.#mode !== 'thinking'
    if (text.endsWith('|message|>') && (this.#isHarmony || !isCode)) this.#beginMessage(groups.channel, shown)
    else if (this.#isHarmony && groups.end !== undefined) this.#endMessage()
    else if (this.#isHarmony && this.#mode === 'thinking' && this.#nested === 0)
      return // all of it is the thought
    else if (text.startsWith('`') || text === '\n\n') this.#takeCode(text, shown)
    else if (isCode || groups.end !== undefined) this.#add(text, shown)
    else if ([slash, bracketSlash, triangleSlash].includes('/') || thought?.toLowerCase() === 'end') this.#close()
    else if (closes !== undefined) this.#close()
    else if (groups.silent !== undefined || /\/\s*>$/.test(text))
      return // `<think/>` holds nothing
    else this.#open(shown)
  }

  /** A message of the harmony format begins; people see those of the channel `final`, or of none. */
  #beginMessage(channel: string | undefined, shown: string[]): void {
    const isFinal = channel === undefined || /^\s*final\b/i.test(channel)
    if (!this.#isHarmony && isFinal) this.#close() // the header of the first was left out
    this.#endMessage()
    if (!isFinal) this.#open(shown)
    this.#isHarmony = true
  }

  #endMessage(): void {
    this.#codeFence = ''
    this.#nested = 0
    if (this.#mode === 'thinking') this.#mode = 'open'
  }

  #takeCode(text: string, shown: string[]): void {
    if (this.#mode === 'thinking') return
    if (text === '\n\n')
      this.#codeFence = this.#codeFence.length < 3 ? '' : this.#codeFence // ends a code span
    else if (this.#codeFence === '') this.#codeFence = text
    else if (this.#codeFence === text) this.#codeFence = ''
    this.#add(text, shown)
  }

  /** A thought begins here, so what was held back before it is none. */
  #open(shown: string[]): void {
    if (this.#mode === 'thinking') this.#nested += 1
    else if (this.#nested === 0) shown.push(...this.#held.splice(0))
    this.#mode = 'thinking'
  }

  /** A thought ends here, or everything before it was one. After nested ones, the outer thought may go on. */
  #close(): void {
    if (this.#mode === 'open' && this.#hasShown) this.hasLeaked = true
    if (this.#mode === 'held') {
      this.#held = []
      this.#hasShown = false
      this.#nested = Math.max(this.#nested - 1, 0)
    }
    this.#mode = this.#nested > 0 ? 'held' : 'open'
  }

  #add(text: string, shown: string[]): void {
    const visible = this.#hasShown ? text : text.trimStart()
    if (this.#mode === 'thinking' || visible === '') return
    this.#hasShown = true
    if (this.#mode === 'held') this.#held.push(visible)
    else shown.push(visible)
  }
}

/** The end of a text that may be the beginning of a tag. */
function keptEnd(text: string): string {
  const [end = ''] = partial.exec(text) ?? []
  const name = end.replace(/^<\|?\s*\/?\s*(?:antml:|seed:|mm:)?/i, '').toLowerCase()
  const mayBeTag = [...tagNames, ...harmonyNames].some(known => known.startsWith(name) || name.startsWith(known))
  return end.startsWith('<') && !mayBeTag ? '' : end
}

/** Returns a text without what a model thought aloud in it. */
export function withoutThoughts(text: string): string {
  const filter = new ReasoningFilter({ holds: true })
  return [...filter.push(text), ...filter.end()].join('')
}
