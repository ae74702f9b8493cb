import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** What the server calls only when told so: loopback, private, link-local and documentation ranges. */
const RESERVED: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
];

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function listOf(ranges: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, bits] of ranges) list.addSubnet(net, bits, family(net));
  return list;
}

const reserved = listOf(RESERVED);

function own(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((i) => i.address === address));
}

/** Whether the server may call this host, by the words of AllowedUntrustedInternalConnections. */
export async function mayCall(hostname: string, allowed: string): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const words = allowed.split(/[\s,]+/).filter((w) => w !== '');
  if (words.includes(host)) return true;
  const ranges = words.flatMap((word): [string, number][] => {
    const [net = '', bits] = word.split('/');
    if (isIP(net) === 0 || bits === undefined) return [];
    return [[net, Number(bits)]];
  });
  const addresses = isIP(host) === 0 ? (await lookup(host, { all: true })).map((a) => a.address) : [host];
  const listed = listOf(ranges);
  return addresses.every(
    (a) => listed.check(a, family(a)) || words.includes(a) || !(reserved.check(a, family(a)) || own(a)),
  );
}
