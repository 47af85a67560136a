import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env["RUNSTONE_TRACKING_URI"] ?? "http://127.0.0.1:5000";

export default defineConfig({
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  build: {
    outDir: "../src/runstone/server/web",
    emptyOutDir: true,
    // The server's policy lets nothing in from elsewhere, data: URLs included.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Vega and ECharts: loaded when a panel draws by them.
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/api": server, "/login": server, "/version": server } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
