const place = 'plaza.look.device';

/** This browser's own id for itself, so that signing in again from it is the same device, and the name it has in lists. */
export function thisDevice(): { clientId: string; deviceName: string } {
  const clientId = localStorage.getItem(place) ?? crypto.randomUUID();
  localStorage.setItem(place, clientId);
  return { clientId, deviceName: describe(navigator.userAgent) };
}

/** "Firefox on Android", as far as a browser says what it is. */
export function describe(agent: string): string {
  const first = (names: readonly (readonly [RegExp, string])[]) => names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = first([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = first([
    [/Android/, 'Android'],
    [/iPhone/, 'iPhone'],
    [/iPad/, 'iPad'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/CrOS/, 'ChromeOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser, system].filter((part) => part !== undefined).join(', ') || 'Browser';
}
