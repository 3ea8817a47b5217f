import { expect, test } from 'vitest'
import { validatePublicUrl } from '../../src/lib/public-url.ts'

test.each([
  'https://example.org/hook?key=1',
  'https://example.org:8443/',
  'https://93.184.215.14/',
  'https://172.32.0.1/',
  'https://[2606:4700::6810:84e5]/',
  'https://xn--bcher-kva.example.com/',
])('requests to %s are allowed', url => {
  expect(validatePublicUrl(url, false)).toBeNull()
})

test.each([
  'http://example.org/', // not encrypted
  'ftp://example.org/',
  'https://user:secret@example.org/',
  'nonsense',
  'https://localhost/',
  'https://localhost./',
  'https://a.localhost/',
  'https://printer/',
  'https://printer.local/',
  'https://db.internal/',
  'https://router.home.arpa/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://2130706433/',
  'https://0/',
  'https://10.1.2.3/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.0.0.1/',
  'https://192.168.0.1/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://１２７.0.0.1/', // full-width digits
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[2001::1]/',
  'https://[2001:db8::1]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
  'https://[3fff::1]/',
])('requests to %s are not allowed', url => {
  expect(validatePublicUrl(url, false)).toEqual(expect.any(String))
})

test('loopback can be allowed, for tests, and nothing else with it', () => {
  for (const url of ['http://127.0.0.1:8000/', 'http://[::1]/', 'http://localhost/']) {
    expect(validatePublicUrl(url, true)).toBeNull()
  }
  for (const url of ['http://10.0.0.1/', 'http://example.org/', 'https://192.168.0.1/', 'file://localhost/etc']) {
    expect(validatePublicUrl(url, true)).toEqual(expect.any(String))
  }
})
