// Ten diffs that are withheld by mistake are better than one published key. A diff in which one line looks secret is
// withheld as a whole.

const secretFiles =
  /(^|\/)(\.env(\..*)?|\.npmrc|\.netrc|\.pypirc|\.htpasswd|\.dev\.vars|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?)$|\.(pem|key|p12|pfx|jks|keystore|kdbx|ovpn)$/i

const secretLines = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/, // AWS
  /\bgh[pousr]_\w{36,}|\bgithub_pat_\w{22,}/,
  /\bglpat-[\w-]{20,}/,
  /\bxox[abeoprs]-[\w-]{10,}/, // Slack
  /\b(sk|rk|pk)[-_](live|test|proj|ant)[-_][\w-]{16,}|\bsk-[\w-]{32,}/,
  /\bAIza[\w-]{35}\b/, // Google
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, // JWT
  /\bnpm_\w{36}\b/,
  /[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s:@]{3,}@/i, // a password in a URL
  /\b(?:bearer|basic)\s+[\w+/.=-]{20,}/i,
  /(pass(word|wd|phrase)?|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|credential)s?["'\]]*\s*[:=]>?\s*["'`]?[^\s"'`${}()<>,;]{8,}/i,
]

/** True if a file of this name holds secrets by its nature. */
export function isSecretFile(path: string): boolean {
  return secretFiles.test(path)
}

/** True if any line of a text looks like a secret. */
export function containsSecret(text: string): boolean {
  return text.split('\n').some(line => secretLines.some(pattern => pattern.test(line)) || hasRandomRun(line))
}

/** True for a long run of letters and digits that looks random. The hashes in a diff's header do not count. */
function hasRandomRun(line: string): boolean {
  if (/^(index|diff|similarity|rename|---|\+\+\+) /.test(line)) return false
  return (line.match(/[A-Za-z0-9+/_-]{40,}/g) ?? []).some(
    run => /\d/.test(run) && /[a-z]/.test(run) && entropy(run) > 4.2,
  )
}

/** Shannon entropy, in bits per character. */
function entropy(text: string): number {
  const counts = Map.groupBy(text, character => character)
  return [...counts.values()].reduce(
    (sum, { length }) => sum - (length / text.length) * Math.log2(length / text.length),
    0,
  )
}
