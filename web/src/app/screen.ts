import { type Ref, readonly, ref } from 'vue';

function matches(query: string): Readonly<Ref<boolean>> {
  const list = window.matchMedia(query);
  const value = ref(list.matches);
  list.addEventListener('change', (event) => {
    value.value = event.matches;
  });
  return readonly(value);
}

/** Room for rail, side bar and one pane (the breakpoint `md`). */
export const isRoomy = matches('(min-width: 48rem)');
/** Room for a panel at the side, too (`lg`). */
export const isDesk = matches('(min-width: 64rem)');
