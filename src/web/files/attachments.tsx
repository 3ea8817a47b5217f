import { Suspense } from 'react'
import type { Channel } from '../../client/client.ts'
import type { Attachment } from '../../protocol/files.ts'
import { loadOnDemand } from '../conversation/load-on-demand.ts'
import { nameOf } from '../lib/kinds.ts'
import { part } from '../words/part.ts'

const AttachedFile = part(loadOnDemand, 'AttachedFile')

const most = { width: 360, height: 320 } // pixels that an image takes

/** The files of a message. Each has its place before anything of it is loaded, so that nothing moves. */
export function Attachments({ files, channel }: { files: readonly Attachment[]; channel: Channel }) {
  const circle = nameOf(channel.name)
  return (
    <ul className="attachments">
      {files.map(file => {
        const box = boxOf(file)
        return (
          <li key={file.id} className={box === null ? 'file' : 'image'} style={box ?? undefined}>
            <Suspense>
              <AttachedFile file={file} circle={circle} isShown={box !== null} />
            </Suspense>
          </li>
        )
      })}
    </ul>
  )
}

/** The place of an image, or null: the file is a row. */
function boxOf({ width, height, missing }: Attachment) {
  if (width === undefined || height === undefined || missing) return null
  const scale = Math.min(1, most.width / width, most.height / height)
  return { width: Math.max(24, Math.round(width * scale)), aspectRatio: `${width} / ${height}` }
}
