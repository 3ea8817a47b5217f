import { type ReactNode, useMemo, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { EventRow } from '../conversation/events/event-row.tsx'
import { number } from '../words/format.ts'
import { t } from '../words/words.ts'
import { type FileNode, type FolderNode, fileCount, fileTree, type TreeNode } from './file-tree.ts'
import { GitStatus } from './git-status.tsx'

/** What is known of a workspace's files: their Git status, and the changes that were told, by file. */
export function WorkspaceFiles({ channel }: { channel: Channel }) {
  const entries = useChannel(channel, state => state.entries)
  const older = useChannel(channel, state => state.history.older)
  const nodes = useMemo(() => fileTree(entries), [entries])
  const count = fileCount(nodes)
  return (
    <>
      <GitStatus channel={channel} />
      {count === 0 ? null : (
        <section className="file-tree">
          <h2>
            {t('tree.title')} <span className="count">{number(count)}</span>
          </h2>
          {older === 'none' ? null : <p className="soft">{t('tree.loaded')}</p>}
          <Nodes nodes={nodes} channel={channel} isOpen={count <= openCount} />
        </section>
      )}
    </>
  )
}

const openCount = 40 // files: of so many, all folders are open at first

type Props = { channel: Channel; isOpen: boolean }

function Nodes({ nodes, ...props }: Props & { nodes: readonly TreeNode[] }) {
  return (
    <ul>
      {nodes.map(node => (
        <li key={node.path}>
          {node.kind === 'file' ? <File file={node} channel={props.channel} /> : <Folder folder={node} {...props} />}
        </li>
      ))}
    </ul>
  )
}

function Folder({ folder, channel, isOpen }: Props & { folder: FolderNode }) {
  const summary = (
    <>
      <code>{folder.name}</code> <span className="count">{number(folder.count)}</span>
    </>
  )
  return (
    <Fold summary={summary} isOpen={isOpen}>
      {() => <Nodes nodes={folder.children} channel={channel} isOpen={isOpen} />}
    </Fold>
  )
}

function File({ file, channel }: { file: FileNode; channel: Channel }) {
  const summary = (
    <>
      <code>{file.isDeleted ? <del>{file.name}</del> : file.name}</code>
      {file.isDeleted ? <span className="soft">{t('tree.deleted')}</span> : null}
    </>
  )
  return (
    <Fold summary={summary} isOpen={false}>
      {() => file.changes.map(entry => <EventRow key={entry.key} entry={entry} channel={channel} />)}
    </Fold>
  )
}

/** What is inside is drawn once it is open: a workspace may have thousands of files. */
function Fold(props: { summary: ReactNode; isOpen: boolean; children(): ReactNode }) {
  const [isOpen, setOpen] = useState(props.isOpen)
  return (
    <details open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{props.summary}</summary>
      {isOpen ? props.children() : null}
    </details>
  )
}
