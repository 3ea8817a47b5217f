/** Returns whether a host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/** Why nothing may be sent to this URL, in words, or null. What a name resolves to is not looked at: see docs/events.md. */
export function validatePublicUrl(text: string, allowLoopback: boolean): string | null {
  const url = URL.parse(text)
  if (url === null) return 'this is no URL'
  if (url.username !== '' || url.password !== '') return 'a URL must not hold credentials'
  const { hostname } = url
  if (allowLoopback && (hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost')) {
    return url.protocol === 'http:' || url.protocol === 'https:' ? null : 'a URL begins with https://'
  }
  if (url.protocol !== 'https:') return 'a URL begins with https://'
  return isPublic(hostname) ? null : 'nothing is sent to private addresses'
}

// URL has read every spelling of an IPv4 address (0x7f.1, 2130706433, 0177.0.0.1) and of IPv6 into one.
function isPublic(hostname: string): boolean {
  if (hostname.startsWith('[')) return isPublicV6(groupsOf(hostname.slice(1, -1)))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return isPublicV4(hostname.split('.').map(Number))
  const name = hostname.replace(/\.$/, '')
  return name.includes('.') && !localNames.test(name)
}

const localNames = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|test|invalid|onion)$/

// The special ranges of RFC 6890 and its successors, each as first address and length of its prefix.
const specialV4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local, clouds' metadata
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3', // multicast, reserved, broadcast
].map(range => {
  const [first = '', bits] = range.split('/')
  return { first: numberOf(first.split('.').map(Number)), size: 2 ** (32 - Number(bits)) }
})

function isPublicV4(octets: number[]): boolean {
  const address = numberOf(octets)
  return !specialV4.some(({ first, size }) => address >= first && address < first + size)
}

function numberOf(octets: number[]): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0)
}

/** Only 2000::/3 is in use in the internet; in it lie some ranges that lead elsewhere. */
function isPublicV6([first = 0, second = 0]: number[]): boolean {
  if (first < 0x2000 || first > 0x3fff) return false // loopback, link-local, unique local, mapped and translated IPv4
  if (first === 0x2002) return false // 6to4: any IPv4 address inside
  if (first === 0x2001 && second < 0x0200) return false // Teredo, ORCHID and other protocols
  if (first === 0x2001 && second === 0x0db8) return false // documentation
  return !(first === 0x3fff && second < 0x1000) // documentation
}

/** The eight groups of an IPv6 address as URL writes it: hexadecimal, at most one `::`. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)))
  if (tail === undefined) return groups(head)
  const before = groups(head)
  const after = groups(tail)
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}
