import { Suspense, useState } from 'react'
import { loadOnDemand } from '../layout/load-on-demand.ts'
import type { AuthorProps } from '../ui/host.ts'
import { part } from '../words/part.ts'

const Profile = part(loadOnDemand, 'Profile')

/** The avatar and the name of somebody; pressing them shows who that is. */
export function AuthorButton({ author, channel, tabIndex, children }: AuthorProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <>
      <button
        type="button"
        className="author"
        tabIndex={tabIndex}
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        {children}
      </button>
      <Suspense>
        {anchor === null ? null : (
          <Profile author={author} channel={channel} anchor={anchor} onClose={() => setAnchor(null)} />
        )}
      </Suspense>
    </>
  )
}
