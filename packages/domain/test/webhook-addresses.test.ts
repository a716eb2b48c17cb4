import t from 'tap'
import { faultOf, isReachable } from '../src/webhook-addresses.ts'

const outside = { loopback: false }
const here = { loopback: true }

/** Every spelling of an address inside, as somebody writes it into a URL. */
const refused: Record<string, string[]> = {
  loopback: [
    '127.0.0.1',
    '127.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '017700000001',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '127。0。0。1',
    '①②⑦.0.0.1',
  ],
  'the unspecified address': ['0.0.0.0', '0', '[::]', '[::ffff:0.0.0.0]'],
  'private networks': ['10.0.0.1', '10.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '0xc0a80101', '3232235777'],
  'private networks in IPv6 clothes': [
    '[::ffff:10.0.0.1]',
    '[::ffff:192.168.0.1]',
    '[::10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b:1::a00:1]',
    '[2002:a00:1::]',
    '[2001:0:a00:1::1]',
    '[::ffff:0:10.0.0.1]',
  ],
  'link-local, with the addresses of clouds': [
    '169.254.169.254',
    '2852039166',
    '[fe80::1]',
    '[::ffff:169.254.169.254]',
  ],
  'unique local': ['[fc00::1]', '[fd00:ec2::254]', '[fec0::1]'],
  'shared by a provider': ['100.64.0.1', '100.127.255.254'],
  'multicast and broadcast': ['224.0.0.1', '239.255.255.255', '255.255.255.255', '[ff02::1]'],
  'documentation, benchmarks and what is kept back': [
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '192.0.0.1',
    '[2001:db8::1]',
    '[100::1]',
  ],
}

for (const [what, hosts] of Object.entries(refused)) {
  t.test(`no webhook leads to ${what}`, async t => {
    for (const host of hosts) t.ok(faultOf(`https://${host}/hook`, outside), host)
  })
}

t.test('a webhook may lead to public addresses and to names', async t => {
  for (const host of [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '[2606:4700:4700::1111]',
    'example.com',
    'spins.example.com.',
  ])
    t.equal(faultOf(`https://${host}:8443/hook?key=1`, outside), undefined, host)
})

t.test('the setting for development opens this machine and nothing else inside', async t => {
  for (const host of ['127.0.0.1', '[::1]', 'localhost'])
    t.equal(faultOf(`http://${host}:4000/`, here), undefined, host)
  for (const host of ['10.0.0.1', '169.254.169.254', '0.0.0.0', '[fd00::1]'])
    t.ok(faultOf(`http://${host}/`, here), host)
})

t.test('what is no such address is refused, and says why', async t => {
  const cases: [string, RegExp][] = [
    ['spins', /must be an address/],
    ['', /must be an address/],
    ['http://example.com', /https/],
    ['ftp://example.com', /https/],
    ['file:///etc/passwd', /https/],
    ['javascript:alert(1)', /https/],
    ['https://ada:secret@example.com', /user or password/],
  ]
  for (const [url, fault] of cases) t.match(faultOf(url, outside), fault, url)
  for (const url of ['ftp://127.0.0.1', 'file:///etc/passwd']) t.match(faultOf(url, here), /https/)
})

t.test('what a name leads to is held to the same', async t => {
  for (const address of ['10.0.0.1', '::1', '::ffff:127.0.0.1', 'fe80::1%eth0', 'fc00::1', 'no address', ''])
    t.notOk(isReachable(address, outside), address)
  t.ok(isReachable('93.184.215.14', outside))
  t.ok(isReachable('::ffff:93.184.215.14', outside))
})
