import { defineConfig } from 'vite';

export default defineConfig(({ command }) => {
  // What is built must not depend on a NODE_ENV that the shell happens to have.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    build: {
      outDir: '../assets/site',
      emptyOutDir: true,
      assetsInlineLimit: 0,
      license: { fileName: 'licenses.txt' },
    },
  };
});
