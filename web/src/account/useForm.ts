import { computed, nextTick, ref, shallowRef } from 'vue';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import { explain } from '../ui/explain.ts';

/**
 * What every form does: one submission at a time, and a refusal shown beside the field that it is about.
 * @param send what the form is for; its refusal becomes `problem`
 * @param fields the names of the form's fields: a refusal about any other thing is shown for the whole form
 */
export function useForm<Field extends string>(fields: readonly Field[], send: () => Promise<void>) {
  const busy = ref(false);
  const problem = shallowRef<PlazaError | null>(null);
  const isField = (name: string | undefined): name is Field => fields.some((field) => field === name);
  const errors = computed((): Partial<Record<Field, string>> => {
    const field = problem.value?.details.field;
    return problem.value !== null && isField(field) ? ({ [field]: explain(problem.value) } as Partial<Record<Field, string>>) : {};
  });
  /** What is wrong with the whole, not with one field. */
  const other = computed(() => (isField(problem.value?.details.field) ? null : problem.value));

  async function submit(event?: Event): Promise<void> {
    const form = event?.currentTarget;
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      await send();
    } catch (error) {
      problem.value = asRefusal(error);
      await nextTick();
      if (form instanceof HTMLElement) form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    } finally {
      busy.value = false;
    }
  }
  return { busy, problem, errors, other, submit };
}
