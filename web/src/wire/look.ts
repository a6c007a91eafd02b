import { computed, ref } from 'vue';

export type Look = 'system' | 'light' | 'dark';

const kept = 'plaza.look.colours';
const chosen = ref<Look>('system');

/** Light, dark, or as the system has it. */
export const look = computed(() => chosen.value);

function paint(): void {
  const { dataset } = document.documentElement;
  if (chosen.value === 'system') delete dataset['look'];
  else dataset['look'] = chosen.value;
}

export function setLook(next: Look): void {
  chosen.value = next;
  if (next === 'system') localStorage.removeItem(kept);
  else localStorage.setItem(kept, next);
  paint();
}

/** Paints the page as chosen before; what is not chosen, the style sheet takes from the system. Called once, before anything is drawn. */
export function startLook(): void {
  const before = localStorage.getItem(kept);
  if (before === 'light' || before === 'dark') chosen.value = before;
  paint();
}
