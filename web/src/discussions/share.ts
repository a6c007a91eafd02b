import { t } from '../texts/index.ts';
import { toast } from '../ui/toast.ts';

/** Shares an address the way the device does it, or copies it where there is none, or where the pointer is a mouse. */
export async function share(path: string, title: string): Promise<void> {
  const url = new URL(path, location.origin).href;
  const byHand = matchMedia('(pointer: coarse)').matches && typeof navigator.share === 'function';
  try {
    if (byHand) await navigator.share({ title, url });
    else {
      await navigator.clipboard.writeText(url);
      toast({ text: t('discussions.copied') });
    }
  } catch (error) {
    // Whoever closes the sheet has changed their mind.
    if (error instanceof DOMException && error.name === 'AbortError') return;
    toast({ text: t('discussions.notCopied', { url }), kind: 'problem' });
  }
}
