import type { ComponentProps, MouseEvent } from 'react'
import { navigate } from './route.ts'

/** A link within the page: it can be opened in a tab, copied, and followed without a load. */
export function NavLink({ href, ...rest }: ComponentProps<'a'> & { href: string }) {
  const follow = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
