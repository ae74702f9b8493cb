import { BlockList, isIP } from 'node:net';

/**
 * What the server calls only where AllowedUntrustedInternalConnections lists it.
 * Source: IsReservedIP of the server’s httpservice. Its own addresses count as well, and are known to it alone.
 */
const RESERVED: readonly (readonly [string, number])[] = [
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

const reserved = listOf(RESERVED);

export function isInternal(address: string): boolean {
  return reserved.check(address, familyOf(address));
}

/** Does the setting list this host, as it is written in the URL, or the addresses that it stands for? */
export function isListed(setting: string, host: string, addresses: readonly string[]): boolean {
  const words = setting.split(/[\s,]+/).filter((word) => word !== '');
  if (words.includes(host)) return true;
  const ranges = listOf(
    words.flatMap((word): [string, number][] => {
      const [net = '', bits] = word.split('/');
      return isIP(net) === 0 || !/^\d{1,3}$/.test(bits ?? '') || Number(bits) > (isIP(net) === 6 ? 128 : 32)
        ? []
        : [[net, Number(bits)]];
    }),
  );
  return (
    addresses.length > 0 &&
    addresses.every((address) => words.includes(address) || ranges.check(address, familyOf(address)))
  );
}

/** The host exactly as it is written: the server compares it so, and a URL's parser would change it. */
export function hostOf(url: string): string {
  const [, bracketed, plain] = /^https?:\/\/(?:\[([^\]]+)\]|([^/:?#]+))/i.exec(url) ?? [];
  return bracketed ?? plain ?? '';
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function listOf(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, bits] of ranges) list.addSubnet(net, bits, familyOf(net));
  return list;
}
