import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));
/** For `npx vite web`: the page with hot reloading, in front of a running server. */
const server = process.env['PLAZA'] ?? 'http://localhost:3000';
const faces = ['/v1', '/graphql', '/socket', '/avatars', '/docs', '/errors', '/.well-known'];

export default defineConfig({
  root: here,
  plugins: [vue(), tailwindcss()],
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'safari17.5', 'firefox121'],
    manifest: true,
    // A strict content policy takes nothing from the page itself.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What every page needs comes as one file, and the icons as another: small ones would be a request each.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'icons', test: /@lucide/ },
            {
              name: 'base',
              test: /node_modules\/(@vue|vue-router|@urql|wonka|@0no-co|gql\.tada)\/|\/(client|contracts)\/|\/web\/src\/wire\//,
            },
            {
              name: 'kit',
              test: /\/web\/src\/(ui\/(?!Dialog|Menu|Popover|Switch|Confirm|Prose|safeHtml|dressCode|Tags|Field|Select)|app\/(?!Switcher|switcher|fuzzy|Keys|MeMenu|PanelSheet|Nowhere|App|router))/,
            },
          ].map((group) => ({ ...group, includeDependenciesRecursively: false })),
        },
      },
    },
  },
  server: {
    fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] },
    proxy: Object.fromEntries(faces.map((path) => [path, { target: server, ws: true, changeOrigin: true }])),
  },
});
