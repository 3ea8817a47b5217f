import { fileEndpoints } from '../http/routes/files.ts'
import type { PassedEndpoints } from '../http/site.ts'
import type { ComponentPorts } from '../rooms/object/components.ts'
import { fileComponents } from '../rooms/object/file-components.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'

/** Files of circles, as `files` gives them to `defineCircle` and `circles`. */
export type FilesFeature = {
  readonly feature: 'files'
  /** @internal */
  readonly endpoints: PassedEndpoints
  /** @internal */
  components(ports: ComponentPorts): ComponentDefinition[]
}

/** Files and images in messages, for `defineCircle` and `circles`. Their bytes are in the R2 bucket that is bound as `FILES`. */
export const files: FilesFeature = { feature: 'files', endpoints: fileEndpoints, components: fileComponents }
