// Ten diffs that are withheld by mistake are better than one published key. A diff in which one line looks secret is
// withheld as a whole, and one name of a file too many costs a diff.

// The names that tools give to the files in which they keep secrets.
const data = String.raw`(\.(json5?|ya?ml|toml|ini|cfg|conf|config|xml|txt|csv|tsv|properties|db|sqlite|enc|php|bak|old|orig|save|local))*`

const names = [
  // environments and deployments
  String.raw`\.env([._-].+)?|env([.-](local|dev|prod|stag|test).*)?|.+\.env([.-].+)?|\.Renviron|\.envrc(\..+)?|\.?dev\.vars(\..+)?|\.flaskenv|local\.settings\.json|\.terraformrc|terraform\.rc`,
  String.raw`(.+\.)?tfstate(\..+)?|.+\.tfvars(\.json)?|\.?kubeconfig(\..+)?|.+\.kubeconfig|\.dockercfg|\.dockerconfigjson|\.?rclone\.conf|\.s3cfg|\.boto|\.databrickscfg|\.databricks\.cfg|appsettings(\..+)?\.json|google-?services?(-info)?\.(json|plist)|.*firebase-adminsdk.*\.json|kaggle\.json|ngrok\.yml|\.sentryclirc|vault\.ya?ml`,
  // packages
  String.raw`\.npmrc|\.yarnrc(\.yml)?|\.pnpmrc|\.bunfig\.toml|\.pypirc|pip\.(conf|ini)|auth\.(json|toml)|nuget\.config|settings-security\.xml|\.condarc|\.clojars|\.hgrc|gradle\.properties|.+\.tfrc(\.json)?|\.wakatime\.cfg|\.mailrc|\.lftprc|\.gitconfig|bitwarden.*\.json`,
  // network and mail
  String.raw`[._]netrc|\.authinfo|\.git-credentials|\.(wget|curl|msmtp|mutt|neomutt|getmail|fetchmail|mbsync|offlineimap|pine|esmtp)rc|\.rhosts|\.erlang\.cookie|\.(X|ICE)authority|\.smbcredentials|_curlrc|\.ftpconfig`,
  String.raw`sftp(-config)?\.json|filezilla\.xml|sitemanager\.xml|recentservers\.xml|\.remote-sync\.json|wpa_supplicant.*\.conf|wg\d*\.conf|proxychains\.conf`,
  // databases and web servers
  String.raw`\.?pgpass(\.conf)?|\.pg_service\.conf|\.?my\.cnf|\.mylogin\.cnf|\.rediscli_auth|\.dbshell|database\.yml|wp-config.*\.php|master\.key|\.htpasswd.*|\.htdigest.*`,
  String.raw`(g?shadow|passwd|sudoers)-?|krb5\.keytab|.+\.keytab`,
  // whatever the name calls secret
  `.*(credential|password|passwd|passphrase)s?${data}|.*[._-]?secrets?${data}|.*client[_-]secret.*\\.json|.*[._-]?(access|auth|api|bearer|refresh|vault)[._-]?(token|key)s?${data}`,
  `(.*[._-])?tokens?${data}|.*service[-_]?account.*\\.json|application_default_credentials\\.json|azureprofile\\.json|\\.?vault[-_](pass|token).*|\\.(pass|password|secret|token)[-_.].+`,
  // what people have typed, and what browsers remember
  String.raw`\..*_history|\.lesshst|\.viminfo|cookies(\.(txt|sqlite))?|logins\.json|key[34]\.db|login data|signons\.sqlite|wallet\.dat`,
  // keys
  `(id|ssh_host)_(rsa|dsa|ecdsa|ed25519|xmss).*|identity|.+_(rsa|dsa|ecdsa|ed25519)|id_.+_key|.+[._-](private|priv|secret)[._-]?key${data}|private[._-]?key${data}`,
  `(.*[._-])?keys?${data}|privkey\\d*${data}|.*key-?store\\.properties|(.*[._-])?(wallet|mnemonic|(seed|recovery|backup)[-_]?(phrase|codes?|words))${data}`,
]

const extensions =
  'pem|key|p12|pfx|p8|pk8|pkcs8|pkcs12|jks|jceks|bks|keystore|truststore|kdbx?|ovpn|ppk|gpg|pgp|asc|age|agekey|priv|keychain(-db)?|psafe3|agilekeychain|opvault|1pif|1pux|snk|rdp|rdg|mobileprovision|publishsettings|htpasswd|netrc|pgpass|secret|cred'

const folders = String.raw`\.(ssh|gnupg|aws|azure|kube|docker|chef|gcloud|oci|aliyun|kaggle|snowsql|ngrok2|fly|password-store|secrets?|vault)|\.config/(gh|hub|gcloud|doctl|op|rclone)|\.subversion/auth|\.m2(?=/settings)|\.dbt(?=/profiles)`

const secretFile = new RegExp(`(^|/)(${names.join('|')})$|\\.(${extensions})$|(^|/)(${folders})/`, 'i')
const copy = /([._-](bak|backup|old|orig|save|copy|tmp|swp|\d+)| ?\([^()]{1,20}\)| - copy|~)+$/i

/** True if a file of this name holds secrets by its nature. The public half of a pair of keys does not. */
export function isSecretFile(path: string): boolean {
  return [path, path.replace(copy, '')].some(name => secretFile.test(name)) && !/\.pub$/i.test(path)
}

const secretLines = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----|^.?PuTTY-User-Key-File-|AGE-SECRET-KEY-/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/, // AWS
  /\bgh[pousr]_\w{36,}|\bgithub_pat_\w{22,}/,
  /\bglpat-[\w-]{20,}/,
  /\bxox[abeoprs]-[\w-]{10,}|hooks\.slack\.com\/services\/\w/, // Slack
  /\b(sk|rk|pk)[-_](live|test|proj|ant)[-_][\w-]{16,}|\bsk-[\w-]{32,}/,
  /\bAIza[\w-]{35}\b/, // Google
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, // JWT
  /\bnpm_\w{36}\b|\bpypi-\w{16,}|\bhf_\w{30,}|\bdo[opr]_v1_\w{32,}|\bSG\.[\w-]{16,}\.[\w-]{16,}/,
  /\b(whsec_|sq0(atp|csp)-|ya29\.|AT[AC]TT3|shp(at|ca|pa|ss)_|sntry[su]_|xapp-\d|figd_|lin_api_|gsk_|r8_|dckr_pat_|hv[sb]\.|gl(sa|c)_|rubygems_|NRAK-|PMAK-|pul-|sbp_|nfp_|tvly-|pplx-|nsec1)[\w-]{12,}/,
  /\b(LTAI|AKID)[A-Za-z0-9]{12,}|\bdapi[0-9a-f]{32}|\bEAA[A-Za-z0-9]{20,}|\bkey-[0-9a-f]{32}|\bMII[A-Za-z0-9+/=]{24,}/,
  /discord(app)?\.com\/api\/webhooks\/\d+\/\S|[?&](sig|signature|x-(amz|goog)-signature|sv?key|code)=[^&\s]{6,}/i, // in a URL
  /[a-z][a-z0-9+.-]{0,30}:\/\/[^/\s:@]{0,200}:[^/\s@]{1,200}@/i, // a password in a URL
  /\b(?:bearer|basic|digest|negotiate)\s+[\w+/.=-]{8,}/i,
  /\b(?:authorization|(?:set-)?cookie|x-[a-z-]{0,30}(?:key|token|auth))["']?\s*[:=]\s*["']?\S/i,
  /\bmachine\s.{1,300}\bpassword\s|^.?\s*(?:password|passwd|secret|token|api[-_]?key)\s+\S+\s*$/i, // netrc
  /(?:^.?|\s)--?[a-z-]{0,30}(?:password|passwd|pwd|secret|token|api-?key)[=\s]+(?!-)\S|(?:^|\s)-u\s*[^\s:]+:\S/i, // an option
  /\b(?:sshpass|(?:docker|podman)\s+login|htpasswd|sqlcmd|ldapsearch)\s(?:.{0,300}\s)?-[pPwb]\s*\S/, // of programs
  /\s--(?:user|auth)[=\s]+(?!\d+:\d+\b)[^\s:]+:\S|\bhttps?\s(?:.{0,300}\s)?-a\s*[^\s:]+:\S/,
  /\b(?:mysql|mariadb)\w{0,20}\s(?:.{0,300}\s)?-p[^\s-]|\bidentified\s.{0,60}\b(?:by|as)\s{1,9}['"]./i, // databases
  /["'][\w.-]{0,60}(?:password|passwd|pwd|secret|token|api[-_]?key)["']\s{0,9},\s{0,9}(["'])(?!\1)/i, // define('NAME', 'value')
  /<[^<>]{0,60}(?:password|passwd|pwd|secret|token|api[-_]?key)[^<>]{0,200}>\s*[^\s<][^<]{0,500}<\//i, // an element
]

/** True if any line of a text looks like a secret. The hashes and names in a diff's header do not count. */
export function containsSecret(text: string): boolean {
  let isHunk = false // before the first one, `---` and `+++` name a file
  return joinedLines(text).some(line => {
    isHunk = line.startsWith('@@ ') || (isHunk && !line.startsWith('diff '))
    const isHeader = /^(index|diff|similarity|rename|copy) /.test(line) || (!isHunk && /^(---|\+\+\+) /.test(line))
    return !isHeader && looksSecret(line)
  })
}

/** The lines of a diff; one that ends in `:` or `=` with the next one, where its value stands. */
function joinedLines(text: string): string[] {
  const lines = text.split('\n')
  return lines.map((line, index) => (/[:=]\s*$/.test(line) ? `${line} ${lines[index + 1]?.slice(1) ?? ''}` : line))
}

function looksSecret(line: string): boolean {
  return secretLines.some(pattern => pattern.test(line)) || assignsSecret(line) || hasRandomRun(line)
}

// A name that calls its value secret, and everything after `=`, `:` or `=>`. Not `==`, which compares.
const separator = String.raw`[\w.-]{0,60}["'\x60\]]{0,3}\s{0,40}(?::=|=>?|:)(?![=:])\s*`
const assignments = [
  new RegExp(
    `(pass(?:wor[dt]|wd|phrase|code)|kennwort|p[a4][s5$]{2}w[o0]rd|pwd|mot[ _-]de[ _-]passe|contrase(?:ñ|n)a|senha|wachtwoord|parola|has(?:ł|l)o|l(?:ö|o)senord|парол[ья]|密[码碼]|パスワード|비밀번호|mnemonic|seed[-_ ]?phrase|otp[-_ ]?seed|(?:recovery|backup)[-_ ]?code|secret|credential|(?:api|private|access|auth|encryption|signing|account|master|shared)[-_ ]?key|token)s?${separator}`,
    'gi',
  ),
  new RegExp(`((?<![A-Za-z])(?:pass|pin|pw|auth|PASS|PIN|PW|AUTH)|(?:Pass|Pin|Pw|Auth))s?(?![a-z])${separator}`, 'g'),
]

/** True if a line gives a value to something that is called a password, a secret, a token … */
function assignsSecret(line: string): boolean {
  return assignments.some(assignment =>
    [...line.matchAll(assignment)].some(({ 0: { length }, index }) =>
      isSecretValue(line.slice(index + length), /^tokens/i.test(line.slice(index))),
    ),
  )
}

function isSecretValue(value: string, isTokens: boolean): boolean {
  const [, quote, quoted = ''] = /^["'`]*(["'`])(.*?)\1/.exec(value) ?? []
  if (quote !== undefined) return quoted !== '' && !isReference(quoted)
  const plain = value.replace(/[\s,;]+$/, '')
  if (isTokens && /^(\d+(\.\d+)?|\[.*)$/.test(plain)) return false // a number of tokens, or a list
  return /^[|>][+-]?\d?$/.test(plain) || !isCode(plain) // YAML: the value is what follows
}

/** True for the name of a value that is elsewhere: `${NAME}`, `$NAME`, `{{ name }}`, `%NAME%`. */
function isReference(text: string): boolean {
  return /^(\$\{[\w.:-]+\}|\$[A-Z][A-Z0-9_]*|\$?\{\{[^{}]*\}\}|%[A-Z][A-Z0-9_]*%)$/.test(text)
}

const words =
  /^(undefined|null|nil|none|true|false|void|never|any|unknown|string|number|boolean|bool|str|int|bytes|buffer|uint8array)\b[\s\w|&[\]<>?)]*$/i
const expression =
  /^(await|new|typeof|async|function|return|yield|not|lambda|import|require)\b|^[([{<!&|]+\s*\)?$|^\(.*\)\s*(=>|:|\?|&&|\|\|)|^\{\s/
const call = /^[a-z_$][\w$]*(\??\.[\w$]+)*(<[^>]*>)?\((.*\)[\s),;{]*|[\s[{(]*)$/i
const member =
  /^(process\.env|import\.meta|this|self|req|request|options|opts|ctx|context|config|env|args|params|props|body|data|input|state)(\??\.|\[)/

/** True for what only a program can mean, and a secret cannot be. */
function isCode(value: string): boolean {
  const kinds = [words, expression, call, member]
  return value === '' || isReference(value) || kinds.some(kind => kind.test(value))
}

/** True for a long run of letters and digits that looks random. */
function hasRandomRun(line: string): boolean {
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
