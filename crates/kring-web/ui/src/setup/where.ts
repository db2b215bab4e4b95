// Where other computers open the console: as the server told before the first account, or as this page was opened.

const key = 'kring.setup.addresses';
const isLoopback = (host: string) => ['localhost', '127.0.0.1', '[::1]', '::1'].includes(host);

/** The server tells them to nobody afterwards. */
export function keepAddresses(addresses: string[]): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(addresses));
  } catch {
    // Then this page's own address is all that is known.
  }
}

function told(): string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.map(String) : [];
  } catch {
    return [];
  }
}

/** All addresses that are not this very machine's own loop. */
export const addresses = () => [...new Set([location.origin, ...told()])].filter((address) => URL.canParse(address) && !isLoopback(new URL(address).hostname));
/** What is written on cards: of an address that others can reach, where there is one. */
export const consoleAddress = () => new URL('/', addresses()[0] ?? location.origin).href;
export const hostName = () => new URL(consoleAddress()).hostname.replace(/^\[|\]$/g, '');
export const hostNames = () => [...new Set(addresses().map((address) => new URL(address).hostname.replace(/^\[|\]$/g, '')))];
