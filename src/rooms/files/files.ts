import type { ComponentDefinition } from '../tables.ts'
import { CircleFiles, type FilePorts } from './circle-files.ts'
import { fileMigrations } from './file-store.ts'
import { filesComponent } from './files-component.ts'

/** Makes circles keep files. */
export function circleFiles(ports: FilePorts): ComponentDefinition {
  return {
    name: filesComponent,
    migrations: fileMigrations,
    create: (context, changed) => new CircleFiles(context, ports, changed),
  }
}
