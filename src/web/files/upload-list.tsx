import { CloseIcon } from '../lib/icons.tsx'
import { t } from '../words/words.ts'
import type { Uploads } from './use-uploads.ts'

/** The files that are added to a message, with how far each has come. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  return (
    <ul className="uploads" aria-label={t('files.label')}>
      {uploads.list.map(({ key, name, progress, file, problem }) => (
        <li key={key}>
          <span className="file-name">{name}</span>
          {file === null && problem === null ? (
            <progress value={progress} max={1} aria-label={t('files.sending', { name })} />
          ) : null}
          {problem === null ? null : (
            <span className="problem" role="alert">
              {problem}
            </span>
          )}
          <button
            type="button"
            onClick={() => uploads.remove(key)}
            aria-label={t('files.removeName', { name })}
            title={t('files.remove')}
          >
            <CloseIcon />
          </button>
        </li>
      ))}
    </ul>
  )
}
