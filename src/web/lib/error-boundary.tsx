import { Component, type ReactNode } from 'react'

type Props = { fallback: ReactNode; retryOn?: unknown; children: ReactNode }
type State = { failed: boolean; retryOn: unknown }

/** Shows `fallback` in place of children that cannot be rendered, until `retryOn` changes. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failed: false, retryOn: undefined }

  static getDerivedStateFromError(): Partial<State> {
    return { failed: true }
  }

  static getDerivedStateFromProps({ retryOn }: Props, state: State): State | null {
    return Object.is(retryOn, state.retryOn) ? null : { failed: false, retryOn }
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children
  }
}
