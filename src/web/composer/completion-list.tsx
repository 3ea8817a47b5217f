import type { Option } from './completion.ts'

type Props = { id: string; options: readonly Option[]; at: number; onTake(option: Option): void }

/** What can be put at the caret. The keys stay in the field; this shows where they are. */
export function CompletionList({ id, options, at, onTake }: Props) {
  return (
    <div id={id} role="listbox" aria-label="Completions" className="completions">
      {options.map((option, place) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        <div
          key={option.value}
          id={`${id}-${place}`}
          role="option"
          tabIndex={-1}
          aria-selected={place === at}
          onMouseDown={event => event.preventDefault()}
          onClick={() => onTake(option)}
        >
          <b>{option.value}</b> <span className="soft">{option.about}</span>
        </div>
      ))}
    </div>
  )
}
