import type { ReactNode } from 'react'

// Outlines on a 16 px grid. Icons are hidden from screen readers: each button that shows one has a label.

type Props = { points?: boolean; children: ReactNode } // it points to a side, which is the other one from right to left

function Icon({ points = false, children }: Props) {
  return (
    <svg
      className={points ? 'icon pointing' : 'icon'}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  )
}

/** An arrow back: reply in a thread. */
export const ReplyIcon = () => (
  <Icon points>
    <path d="M6.5 3.5 2.5 7.5l4 4M2.5 7.5h6a5 5 0 0 1 5 5" />
  </Icon>
)

/** A face: add a reaction. */
export const ReactIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M5.8 9.5a2.6 2.6 0 0 0 4.4 0M6 6.3v.1M10 6.3v.1" />
  </Icon>
)

/** A pencil: edit. */
export const EditIcon = () => (
  <Icon>
    <path d="m10.5 3 2.5 2.5L6 12.5 3 13l.5-3z" />
  </Icon>
)

/** A bin: delete. */
export const DeleteIcon = () => (
  <Icon>
    <path d="M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5" />
  </Icon>
)

/** Three dots: what there is no room for. */
export const MoreIcon = () => (
  <Icon>
    <path strokeWidth="2.5" d="M3 8h.01M8 8h.01M13 8h.01" />
  </Icon>
)

/** Two sheets: copy. */
export const CopyIcon = () => (
  <Icon>
    <rect x="5.5" y="5.5" width="7.5" height="7.5" rx="1.5" />
    <path d="M10.5 3H4.5A1.5 1.5 0 0 0 3 4.5v6" />
  </Icon>
)

/** A cross: close or remove. */
export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
)

/** A magnifying glass: search. */
export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4" />
    <path d="m10 10 3.5 3.5" />
  </Icon>
)

/** A number sign: a circle. */
export const HashIcon = () => (
  <Icon>
    <path d="M6.5 2.5 5 13.5M11 2.5 9.5 13.5M3 6h10.5M2.5 10H13" />
  </Icon>
)

/** A lock: a private circle. */
export const LockIcon = () => (
  <Icon>
    <path d="M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5" />
  </Icon>
)

/** A face in a square: an agent. */
export const AgentIcon = () => (
  <Icon>
    <path d="M3 4.5h10v8.5H3zM8 4.5V2M6 8v1M10 8v1" />
  </Icon>
)

/** Three bars: open the list of circles. */
export const MenuIcon = () => (
  <Icon>
    <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />
  </Icon>
)

/** Two people: who is here. */
export const PeopleIcon = () => (
  <Icon>
    <circle cx="6" cy="5.5" r="2.5" />
    <path d="M1.5 13a4.5 4.5 0 0 1 9 0M10.5 3.3a2.5 2.5 0 0 1 0 4.4M12 9.3a4.5 4.5 0 0 1 2.5 3.7" />
  </Icon>
)

/** Two sliders: settings. */
export const SettingsIcon = () => (
  <Icon>
    <path d="M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.3 3.3v3.4M5.8 9.3v3.4" />
  </Icon>
)

/** A square: stop an agent. */
export const StopIcon = () => (
  <Icon>
    <rect x="4.5" y="4.5" width="7" height="7" rx="1.5" />
  </Icon>
)

/** A sheet with lines: the notes of a circle. */
export const NotesIcon = () => (
  <Icon>
    <path d="M3.5 2.5h9v11h-9zM6 5.5h4M6 8h4M6 10.5h2" />
  </Icon>
)

/** A paper clip: add files. */
export const AttachIcon = () => (
  <Icon>
    <path d="M10.5 4.5L5.8 9.2a1.3 1.3 0 0 0 1.9 1.9l5-5a2.6 2.6 0 0 0-3.7-3.7l-5.3 5.3a4 4 0 0 0 5.6 5.6l4-4" />
  </Icon>
)

/** An arrow up: send. */
export const SendIcon = () => (
  <Icon>
    <path d="M8 13V3.5M4 7l4-4 4 4" />
  </Icon>
)

/** A speech bubble: write to somebody alone. */
export const MessageIcon = () => (
  <Icon points>
    <path d="M2.5 3.5h11v7.5H7L4 13.5V11H2.5z" />
  </Icon>
)

/** A bell: of what the reader is told. */
export const BellIcon = () => (
  <Icon>
    <path d="M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.5 14.5h3" />
  </Icon>
)

/** A sun: the light theme. */
export const LightIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.8" />
    <path d="M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1" />
  </Icon>
)

/** A moon: the dark theme. */
export const DarkIcon = () => (
  <Icon>
    <path d="M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z" />
  </Icon>
)

/** A door and an arrow out of it: leave. */
export const LeaveIcon = () => (
  <Icon points>
    <path d="M6.5 2.5h-4v11h4M6 8h7.5M10.5 5l3 3-3 3" />
  </Icon>
)
