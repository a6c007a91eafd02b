import { ref, shallowRef } from 'vue';
import { useRouter } from 'vue-router';
import { asRefusal, type PlazaError } from '../../../contracts/errors.ts';
import { rest } from '../wire/session.ts';

/** Opens the one direct channel with a person, made if need be. */
export function useDirect() {
  const router = useRouter();
  const busy = ref(false);
  const problem = shallowRef<PlazaError | null>(null);

  async function open(person: string): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      const channel = await rest<{ id: string }>('POST', '/v1/directs', { person });
      await router.push({ name: 'message', params: { channel: channel.id } });
    } catch (error) {
      problem.value = asRefusal(error);
    } finally {
      busy.value = false;
    }
  }
  return { busy, problem, open };
}
