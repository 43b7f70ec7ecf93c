import { isIP } from 'node:net';

/**
 * What we may do with the token service that a registry names: send our credentials to it, ask it
 * anonymously, or nothing at all.
 */
export type Realm =
  | { readonly trust: 'credentials' | 'anonymous'; readonly url: URL }
  | { readonly trust: 'refused'; readonly why: string };

interface Asker {
  /** Where the registry's API was asked. */
  readonly endpoint: URL;
  readonly tokenRealms: readonly string[];
}

/** Registries whose token service lives on another site, by exact host. */
const knownPairs: readonly (readonly [registry: RegExp, realm: RegExp])[] = [
  [/^registry-1\.docker\.io$/, /^auth\.docker\.io$/],
  [/^notary\.docker\.io$/, /^auth\.docker\.io$/],
  [/^registry(?:-[a-z]+)?\.[a-z0-9-]+\.aliyuncs\.com$/, /^dockerauth\.[a-z0-9-]+\.aliyuncs\.com$/],
];

/** Domains under which strangers have hosts of their own: a common suffix says nothing there. */
const sharedDomains = [
  'aliyuncs.com',
  'amazonaws.com',
  'appspot.com',
  'azurecr.io',
  'azurefd.net',
  'azurewebsites.net',
  'cloudapp.net',
  'cloudfront.net',
  'digitaloceanspaces.com',
  'duckdns.org',
  'fly.dev',
  'gcr.io',
  'github.io',
  'githubusercontent.com',
  'gitlab.io',
  'googleapis.com',
  'herokuapp.com',
  'jfrog.io',
  'myqcloud.com',
  'netlify.app',
  'ngrok-free.app',
  'ngrok.app',
  'ngrok.io',
  'nip.io',
  'ocir.io',
  'onrender.com',
  'pages.dev',
  'pkg.dev',
  'run.app',
  'sslip.io',
  'trycloudflare.com',
  'vercel.app',
  'windows.net',
  'workers.dev',
];

/**
 * Judges the realm of a Bearer challenge. Whoever answers for the registry writes it, so it must
 * not be able to draw our credentials to a host of its choice.
 * @see CVE-2020-15157 and CVE-2026-48978
 */
export function judgeRealm(text: string, { endpoint, tokenRealms }: Asker): Realm {
  const refused = (why: string): Realm => ({ trust: 'refused', why });
  if (!URL.canParse(text)) return refused('its address is not a URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refused(`its address begins with ${url.protocol}`);
  if (url.username !== '' || url.password !== '') return refused('its address holds a user name');
  if (url.protocol === 'http:' && endpoint.protocol === 'https:')
    return refused('its address is plain HTTP');
  const trusted = isNamedRealm(url, tokenRealms) || isRelated(endpoint, url);
  return { trust: trusted ? 'credentials' : 'anonymous', url };
}

const isNamedRealm = (url: URL, tokenRealms: readonly string[]): boolean =>
  tokenRealms.some((realm) =>
    realm.includes('://')
      ? URL.canParse(realm) && new URL(realm).origin === url.origin
      : realm === url.host || realm === url.hostname,
  );

function isRelated(endpoint: URL, realm: URL): boolean {
  if (endpoint.origin === realm.origin) return true;
  const [from, to] = [endpoint.hostname, realm.hostname];
  if (knownPairs.some(([a, b]) => a.test(from) && b.test(to))) return realm.port === '';
  // On one address every port may belong to someone else.
  if ([from, to].some((host) => isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !host.includes('.')))
    return false;
  return from === to || siteOf(from) === siteOf(to);
}

/**
 * The part of a name under which one owner holds everything, judged cautiously: when in doubt it is
 * too long, and the operator names the realm.
 */
function siteOf(host: string): string {
  const labels = host.split('.');
  const shared = sharedDomains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  if (shared) return host;
  const [second = '', top = ''] = labels.slice(-2);
  // `co.uk`, `com.au`, `or.jp`: two short labels are a public suffix more often than a site.
  const wide = top.length === 2 && second.length <= 3;
  return labels.slice(wide ? -3 : -2).join('.');
}
