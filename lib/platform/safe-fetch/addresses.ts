import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Cidr = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** IANA's "Global Unicast" space. Whatever lies outside is special, whether or not a registry has named it yet. */
const GLOBAL_UNICAST_V6: Cidr = [ipaddr.parse("2000::"), 3];

/** RFC 6052: how an IPv6-only network reaches IPv4 hosts, and so what its DNS64 answers for perfectly public names. */
const NAT64: Cidr = [ipaddr.parse("64:ff9b::"), 96];

/** Public by registry, yet answered by the machine's own hypervisor: Azure's instance agent. */
const HYPERVISOR_V4: Cidr = [ipaddr.parse("168.63.129.16"), 32];

/**
 * Why an IP address must not be connected to, or null if it is public unicast.
 * `address` is in the form that DNS and sockets give (`192.0.2.1`, `2001:db8::1`, no brackets); anything else is
 * refused, so other spellings must have gone through the WHATWG URL parser before.
 * Source: the IANA special-purpose address registries for IPv4 and IPv6, as ipaddr.js 2.5 has them, and what it lacks.
 */
export function refusalOf(address: string): string | null {
  // A zone (`fe80::1%eth0`) picks an interface of this machine, which no public address needs.
  if (isIP(address) === 0 || address.includes("%")) return "not an IP address";
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv4 ? refusalOfV4(parsed) : refusalOfV6(parsed);
}

function refusalOfV4(address: ipaddr.IPv4): string | null {
  if (address.match(HYPERVISOR_V4)) return "hypervisor";
  const range = address.range();
  return range === "unicast" ? null : range;
}

function refusalOfV6(address: ipaddr.IPv6): string | null {
  // These two are IPv4 in other clothes, and legitimate: a dual-stack socket reports mapped addresses.
  if (address.isIPv4MappedAddress()) return refusalOfV4(address.toIPv4Address());
  if (address.match(NAT64)) return refusalOfV4(new ipaddr.IPv4(address.toByteArray().slice(12)));

  // Also refuses IPv4-compatible (::/96), RFC 9780's dummy prefix and all that is yet to be assigned.
  if (!address.match(GLOBAL_UNICAST_V6)) return "not global unicast";
  // ISATAP (RFC 5214) tunnels to an IPv4 address from any prefix; no public service is reached that way.
  const [, , , , high, low] = address.parts;
  if ((high === 0 || high === 0x200) && low === 0x5efe) return "isatap";
  // 6to4 and Teredo, which hide IPv4 too, are special ranges here and so refused whole.
  const range = address.range();
  return range === "unicast" ? null : range;
}
