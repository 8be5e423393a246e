import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import type { Reporter, TestCase } from "vitest/node";

/** Ends the output with one line that programs can read: `N passed, N failed, N skipped`. */
const closingLine: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const tests: TestCase[] = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    process.stdout.write(
      `\n${count("passed")} passed, ${count("failed") + broken} failed, ${count("skipped")} skipped\n`,
    );
  },
};

export default defineConfig({
  test: {
    include: ["{shared,relay,desktop,e2e,assets}/**/*.test.ts"],
    // Most tests wait for programs, browsers and clocks more than they compute.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A guard against hanging, not a measurement: nothing here is about speed.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", closingLine],
    coverage: {
      include: ["shared/**", "relay/**", "desktop/**"],
      exclude: ["**/*.test.ts", "**/testing/**"],
    },
  },
});
