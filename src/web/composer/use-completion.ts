import { type KeyboardEvent, useMemo, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useAgents, usePresence } from '../../client/react.ts'
import { useOnDemand } from '../lib/use-on-demand.ts'
import { useHandle } from '../people/distinct-name.tsx'
import { useCommands } from '../ui/chat.tsx'
import { t } from '../words/words.ts'
import { type Completion, completionAt, type Option } from './completion.ts'

type Result = {
  completion: Completion | null
  selected: number // index of the selected option
  open(caret: number): void // after the reader typed
  close(): void
  onKeyDown(event: KeyboardEvent): boolean
}

/** Offers completions for the text; `onPick` is called when a key picks an option. */
export function useCompletion(channel: Channel, text: string, onPick: (option: Option) => void): Result {
  const [caret, setCaret] = useState<number | null>(null) // null: closed
  const [selected, setSelected] = useState(0)
  const people = useMentionOptions(channel)
  const commands = useOnDemand(useCommands(), text.startsWith('/'))?.options() ?? noOptions
  const completion = useMemo(
    () => (caret === null ? null : completionAt(text, caret, people, commands)),
    [text, caret, people, commands],
  )
  const close = (): void => setCaret(null)
  const open = (at: number): void => {
    setCaret(at)
    setSelected(0)
  }
  /** Moves the selection, picks an option or closes the list; false if the key is for the text field. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (completion === null) return false
    const { options } = completion
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const option = options[selected]
    if (step !== 0) setSelected((selected + step + options.length) % options.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && option !== undefined) onPick(option)
    else if (event.key === 'Escape') close()
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  return { completion, selected, open, close, onKeyDown }
}

const noOptions: readonly Option[] = []

/** The agents and people that a mention can name. */
function useMentionOptions(channel: Channel): Option[] {
  const { members } = usePresence(channel)
  const agents = useAgents(channel)
  const handleOf = useHandle()
  return useMemo(
    () => [
      ...agents.map(({ id, name, description }) => ({
        value: `@${id}`,
        label: name,
        description: description || t('message.agent'),
      })),
      ...members.map(({ id, name }) => ({
        value: `@${name}`,
        label: name,
        description: handleOf({ id, name, kind: 'person' }) ?? '',
      })),
    ],
    [members, agents, handleOf],
  )
}
