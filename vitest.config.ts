import { defineConfig } from 'vitest/config';

// The engine is inlined because ODK ships it for bundlers: Node alone cannot load its WebAssembly start code.
export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify('test') },
  test: {
    include: ['field/client/**/*.test.ts'],
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'https://scrutin.test/field/' } },
    server: { deps: { inline: ['@getodk/xforms-engine'] } },
    setupFiles: ['field/client/testing/setup.ts'],
    testTimeout: 20000,
    fileParallelism: false,
  },
});
