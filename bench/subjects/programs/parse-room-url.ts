/** Parses the room and the requested history from a socket's URL: `/peers/rooms/lobby?last=100`. */
export function parseRoomUrl(url: string): { room: string; last: number | null } {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const last = searchParams.get('last')
  return {
    room: searchParams.get('room') ?? pathname.split('/').at(-1) ?? '',
    last: last === null ? null : Number(last),
  }
}
