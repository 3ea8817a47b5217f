/** Stands in place of a part of the page that cannot be shown; what is beside it goes on. */
export function Failure() {
  return (
    <div className="failure" role="alert">
      <p>This part of the page cannot be shown.</p>
      <button type="button" onClick={() => location.reload()}>
        Load the page again
      </button>
    </div>
  )
}
