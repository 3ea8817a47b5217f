import { t } from '../words/words.ts'
import type { Option } from './completion.ts'

type Props = { id: string; options: readonly Option[]; selected: number; onPick(option: Option): void }

/** The options at the caret. Focus stays in the text field, which handles the keys; `selected` is an index. */
export function CompletionList({ id, options, selected, onPick }: Props) {
  return (
    <div id={id} role="listbox" aria-label={t('composer.completions')} className="completions">
      {options.map((option, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles the keys
        <div
          key={option.value}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === selected}
          onMouseDown={event => event.preventDefault()}
          onClick={() => onPick(option)}
        >
          <b dir="auto">{option.value}</b> <span className="soft">{option.description}</span>
        </div>
      ))}
    </div>
  )
}
