import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIPv4, isIPv6, type LookupFunction } from 'node:net'

/** Not of the public Internet (IANA special-purpose registries, RFC 6890): this host, private and shared networks, link-local, tests, multicast, reserved. */
const IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/** The same for IPv6, with every form that has an IPv4 address inside: compatible, mapped, NAT64 and 6to4. */
const IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

// Two lists: asked for an IPv4 address, a list that holds ::ffff:0:0/96 says yes to every one.
const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const [network, prefix] of IPV4) lists.ipv4.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of IPV6) lists.ipv6.addSubnet(network, prefix, 'ipv6')

/** The `code` of the error of a lookup that found private addresses only. */
export const privateAddress = 'ERR_PRIVATE_ADDRESS'

/** True for an IP address that is not of the public Internet. A name is none: false. */
export function isPrivateAddress(address: string): boolean {
  // A link-local address may carry the interface that it is of.
  const [plain = ''] = address.split('%')
  if (isIPv4(plain)) return lists.ipv4.check(plain, 'ipv4')
  return isIPv6(plain) && lists.ipv6.check(plain, 'ipv6')
}

/**
 * A `lookup` for sockets that gives what `lookup` finds without the private addresses, and fails when that is nothing.
 * What a socket connects to is what this gave it, so a name that resolves differently a moment later changes nothing.
 */
export function publicLookup(lookup: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      // Some resolvers do not know `all` and give the one address that they have.
      const all = Array.isArray(found) ? found : [{ address: found, family: family ?? 0 }]
      const open = error ? [] : all.filter(({ address }) => !isPrivateAddress(address))
      const [first] = open
      if (error) callback(error, '')
      else if (first === undefined) callback(Object.assign(new Error(privateAddress), { code: privateAddress }), '')
      else if (options.all === true) callback(null, open)
      else callback(null, first.address, first.family)
    })
  }
}
