import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    outDir: '../assets/site',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
    license: { fileName: 'licenses.txt' },
  },
});
