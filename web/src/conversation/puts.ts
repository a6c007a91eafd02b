import type { Ref } from 'vue';

/** A function that puts a value in its place when it is called: what a press or a key does. */
export function puts<Value>(into: Pick<Ref<Value>, 'value'>, value: Value): () => void {
  return () => {
    into.value = value;
  };
}
