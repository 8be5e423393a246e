/** The curl line of the API client, run by a real shell and a real curl against a real API. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWith } from "../../desktop/core/testing/system-program.ts";
import { curlLine } from "../../relay/web/home/requests/draft/curl-line.ts";
import {
  BLANK_BODY,
  BLANK_DRAFT,
  type BodyDraft,
  type RequestDraft,
} from "../../relay/web/home/requests/draft/draft.ts";
import { startTestApi } from "../support/api.ts";
import { endingsOfEachTest } from "../support/endings.ts";

/** What is odd in a shell, in curl and in printf. */
const ODD =
  "it's $(touch /tmp/ora-was-here) `id` \"x\" \\n %s %% !! \\\\ $HOME\n'@file'\n\ttab 日本語 ~ * ? # & | ;";

const afterTest = endingsOfEachTest();
const draft = (method: string, path: string, body: Partial<BodyDraft>): RequestDraft => ({
  ...BLANK_DRAFT,
  method,
  path,
  body: { ...BLANK_BODY, ...body },
});

describeWith({ sh: "dash", curl: "curl" }, "the curl line of a request", () => {
  it("sends what the page would send itself", async () => {
    const seen: unknown[] = [];
    const api = await startTestApi(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method, url, headers } = request;
      seen.push([method, url, headers["content-type"], Buffer.concat(chunks).toString()]);
      response.end("ok");
    });
    afterTest(() => api.close());
    const folder = await mkdtemp(join(tmpdir(), "ora-curl-"));
    afterTest(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "odd.bin"), "from a file");
    const file = new File(["from a file"], "odd.bin");
    for (const each of [
      draft("POST", "/a/../b?x={1}", { kind: "json", json: ODD }),
      draft("POST", "/", { kind: "text", text: `a\0${ODD}` }),
      draft("PUT", "/", { kind: "file", file }),
    ]) {
      const line = curlLine(each, api.origin).replace("curl ", "curl --silent --noproxy '*' ");
      const shell = spawn("sh", ["-c", line], { cwd: folder, stdio: "ignore" });
      expect(await once(shell, "exit")).toEqual([0, null]);
    }
    expect(seen).toEqual([
      ["POST", "/a/../b?x={1}", "application/json", ODD],
      ["POST", "/", "text/plain;charset=UTF-8", `a\0${ODD}`],
      ["PUT", "/", "application/octet-stream", "from a file"],
    ]);
  });
});
