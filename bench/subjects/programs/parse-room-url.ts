/** Where a socket wants to be, from its URL: `/peers/rooms/lobby?last=100`. */
export function placeOf(url: string): { room: string; last: number | null } {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const last = searchParams.get('last')
  return {
    room: searchParams.get('room') ?? pathname.split('/').at(-1) ?? '',
    last: last === null ? null : Number(last),
  }
}
