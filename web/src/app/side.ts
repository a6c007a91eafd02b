import { ref } from 'vue';

/** The side bar over the page, on a phone. */
export const sideOpen = ref(false);
