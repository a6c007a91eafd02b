/** Puts a copy button on each block of code, and lets the keyboard scroll what is wider than its place. */
export function dressCode(root: HTMLElement, words: { copy: string; copied: string }): void {
  for (const block of root.querySelectorAll('pre')) {
    if (block.parentElement?.classList.contains('code-block') === true) continue;
    const frame = document.createElement('div');
    frame.className = 'code-block group/code relative';
    block.replaceWith(frame);
    frame.append(block, copyButton(block, words));
  }
  for (const wide of root.querySelectorAll<HTMLElement>('pre, table')) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
  }
}

function copyButton(block: HTMLElement, words: { copy: string; copied: string }): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words.copy;
  button.className =
    'absolute end-1.5 top-1.5 rounded-control border border-line bg-raised px-2 py-0.5 text-xs text-ink-soft hover:text-ink md:opacity-0 md:group-hover/code:opacity-100 md:focus-visible:opacity-100 pointer-coarse:min-h-9 pointer-coarse:px-3 pointer-coarse:opacity-100';
  button.addEventListener('click', (event) => {
    event.stopPropagation();
    void navigator.clipboard.writeText(block.textContent.replace(/\n$/, '')).then(() => {
      button.textContent = words.copied;
      setTimeout(() => {
        button.textContent = words.copy;
      }, 1500);
    });
  });
  return button;
}
