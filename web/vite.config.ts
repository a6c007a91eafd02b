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
    // Icons are small and many: together they are one request.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'icons', test: /@lucide/, includeDependenciesRecursively: false }] } } },
  },
  server: {
    fs: { allow: [fileURLToPath(new URL('..', import.meta.url))] },
    proxy: Object.fromEntries(faces.map((path) => [path, { target: server, ws: true, changeOrigin: true }])),
  },
});
