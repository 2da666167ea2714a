import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BuildEnvironmentOptions, defineConfig, type Plugin } from "vite";
import { defineConfig as defineTestConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The demo shop's style sheet: the shared tokens and its own rules in one readable file. */
function demoStyles(): Plugin {
  const parts = ["src/design/tokens.css", "src/demo/page.css", "src/demo/shop.css"];
  return {
    name: "demo-styles",
    buildStart() {
      for (const part of parts) this.addWatchFile(at(part));
    },
    generateBundle() {
      const head = "/* Built from web/src/design and web/src/demo by `npm run build`; edit there. */\n";
      const source = head + parts.map((part) => readFileSync(at(part), "utf8")).join("\n");
      this.emitFile({ type: "asset", fileName: "demo.css", source });
    },
  };
}

const output: BuildEnvironmentOptions = {
  target: "es2021",
  outDir: at("../madoguchi/web/static"),
  emptyOutDir: false,
  sourcemap: false,
  reportCompressedSize: false,
};

/** The widget, one script without a style sheet, and the demo shop's styles: `vite build`. */
const widget = defineConfig({
  publicDir: false,
  plugins: [demoStyles()],
  build: {
    ...output,
    lib: {
      entry: at("src/widget/main.ts"),
      formats: ["iife"],
      name: "MadoguchiWidget",
      fileName: () => "widget.js",
    },
  },
});

/** The desk, a script and a style sheet of its own: `vite build --mode desk`. */
const desk = defineConfig({
  publicDir: false,
  build: {
    ...output,
    lib: {
      entry: at("src/desk/main.ts"),
      formats: ["iife"],
      name: "MadoguchiDesk",
      fileName: () => "desk.js",
      cssFileName: "desk",
    },
  },
});

export default defineTestConfig(({ mode }) => ({
  ...(mode === "desk" ? desk : widget),
  test: {
    projects: [
      {
        test: {
          name: "unit",
          environment: "happy-dom",
          include: ["tests/unit/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "browser",
          environment: "node",
          include: ["tests/browser/**/*.test.ts"],
          fileParallelism: false,
          // a busy machine with two cores: a wait may take long, and a test has many
          testTimeout: 300_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
}));
