import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router.ts';
import { startLanguage } from './texts/index.ts';
import { startLook } from './wire/look.ts';
import { resume } from './wire/session.ts';
import './ui/style.css';

startLook();
resume();
await startLanguage();
createApp(App).use(router).mount('#app');
