// What a misspelt word of a script was probably meant to be.

const CALLS = ("accept bind close connect count dup fcntl getpeername getsockname getsockopt listen poll read_exact read_to_end "
  + "recv recvfrom send sendto setsockopt shutdown socket write_all").split(" ");
const STATEMENTS = ["host", "router", "link", "drop", "limit", "wait", "repeat", "end"];
const OPTIONS = ("SO_REUSEADDR SO_REUSEPORT SO_BROADCAST SO_KEEPALIVE SO_LINGER SO_RCVBUF SO_SNDBUF SO_RCVTIMEO SO_SNDTIMEO "
  + "SO_ERROR SO_TYPE SO_DOMAIN SO_PROTOCOL SO_ACCEPTCONN TCP_NODELAY TCP_USER_TIMEOUT TCP_INFO IP_TTL IP_RECVERR IP_HDRINCL "
  + "IPV6_V6ONLY IPV6_UNICAST_HOPS").split(" ");

// The words that may stand where something else was expected. A test holds
// them against what the network understands.
export const WORDS = {
  call: CALLS,
  unknown: [...STATEMENTS, ...CALLS],
  program: [...STATEMENTS, ...CALLS],
  option: OPTIONS,
  "link-word": ["delay", "rate", "queue", "loss", "duplicate", "reorder"],
  family: ["AF_INET", "AF_INET6"],
  "socket-type": ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_NONBLOCK"],
  protocol: ["IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_ICMP", "IPPROTO_ICMPV6", "IPPROTO_RAW"],
  flag: ["MSG_PEEK", "MSG_TRUNC", "MSG_DONTWAIT", "MSG_WAITALL"],
  event: ["POLLIN", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP"],
  how: ["SHUT_RD", "SHUT_WR", "SHUT_RDWR"],
  "packet-kind": ["packet", "SYN", "SYN-ACK", "ACK", "data", "FIN", "RST", "UDP", "ICMP"],
  data: ["bytes", "hex", "echo"],
};

// Letters to add, take, change or swap with their neighbour until `a` is `b`.
export function distance(a, b) {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j += 1) rows[0][j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + Number(a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

// The nearest of `words`, or null if none is near.
export function nearest(word, words) {
  const lower = word.toLowerCase();
  let best = null;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const known of words) {
    const far = distance(lower, known.toLowerCase());
    if (far < least) [best, least] = [known, far];
  }
  return best;
}

// What the word at a mistake of a script was meant to be, or null.
export function meant({ line, column, expected, found }, script) {
  let words = WORDS[expected];
  const text = script.split("\n")[line - 1] ?? "";
  const here = /^[\p{L}_][\p{L}\p{N}_-]*/u;
  const word = here.exec(found ?? "")?.[0] ?? here.exec([...text].slice(column - 1).join(""))?.[0];
  // At the beginning of a line it may be a statement as well.
  if (expected === "call" && word && text.trim().startsWith(word)) words = WORDS.unknown;
  if (expected === "unknown-name" || expected === "descriptor") words = names(script, /^[ \t]*([\p{L}_][\p{L}\p{N}_-]*)\s*=/gmu);
  if (expected === "no-host" || expected === "host-name") words = names(script, /^[ \t]*(?:host|router)\s+(\S+)/gm);
  if (expected === "no-program") words = names(script, /^(\S+)(?: on \S+)?:/gm);
  if (!words || !word || words.includes(word)) return null;
  return nearest(word, words);
}

function names(script, pattern) {
  return [...new Set([...script.matchAll(pattern)].map(([, name]) => name))];
}
