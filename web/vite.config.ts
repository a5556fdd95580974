import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const backend = process.env.MONITORIX_BACKEND ?? "http://127.0.0.1:8000";
const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: [
      { find: /^@\//, replacement: `${source("")}` },
      // The original writes <style> elements, which style-src 'self' refuses.
      { find: /^react-style-singleton$/, replacement: source("ui/adopted-style.ts") },
    ],
  },
  server: {
    proxy: {
      "/api": { target: backend, ws: true },
      "/ws": { target: backend, ws: true },
      "/health": { target: backend },
    },
  },
  build: {
    target: "es2023",
    // Nothing as data: or inline: the page's CSP names only 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    testTimeout: 15_000,
  },
});
