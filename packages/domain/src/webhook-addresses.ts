import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Where webhooks may lead. */
export type Reach = {
  /** Also to this machine itself, without TLS: for development and tests. */
  loopback: boolean
}

/**
 * What is wrong with the address of a webhook as it is written, undefined when nothing is. Of a name nobody knows where it
 * leads until it is sent to, so addresses are looked at then as well.
 */
export function faultOf(text: string, reach: Reach): string | undefined {
  if (!URL.canParse(text)) return 'must be an address like https://example.com/spins'
  const url = new URL(text)
  const host = bare(url.hostname)
  if (url.username || url.password) return 'must have no user or password in it'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && reach.loopback)) return 'must begin with https://'
  if (isIP(host) !== 0 && !isReachable(host, reach)) return 'must lead to a public address'
  return undefined
}

/**
 * Whether messages may be sent to an IP address: a public one of the internet, and nothing of a network's own. Mapped,
 * translated and tunnelled addresses are none of them, since they lead to another that is inside.
 */
export function isReachable(address: string, { loopback }: Reach): boolean {
  if (!ipaddr.isValid(address)) return false
  // An IPv4 address in IPv6 clothes is looked at as what it is.
  const parsed = ipaddr.process(address)
  const range = parsed.range()
  if (range === 'loopback') return loopback
  if (range !== 'unicast') return false
  // Of IPv6 only this part is given out; the rest is nobody's, or of old ways to write IPv4 (RFC 4291, 2.5.5.1).
  return parsed.kind() === 'ipv4' || parsed.match(ipaddr.parseCIDR('2000::/3'))
}

/** A host without the brackets that an IPv6 address has in a URL. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}
