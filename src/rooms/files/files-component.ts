import type { Refusal } from '../../protocol/errors.ts'
import { refusal } from '../outcome.ts'

/** The name of the component that keeps a circle's files. */
export const filesComponent = 'files'

/** The refusal of everything that needs files, where there are none. */
export const filesUnavailable: Refusal = refusal(
  'files_unavailable',
  'This server keeps no files: its operator can add them with `npm run deploy -- --with files`.',
)
