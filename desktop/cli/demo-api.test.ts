import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DemoApi, startDemoApi } from "./demo-api.ts";

describe("the demo API", () => {
  let api: DemoApi;
  beforeEach(async () => {
    api = await startDemoApi();
  });
  afterEach(() => api.close());

  it("greets programs with JSON and browsers with a page", async () => {
    const json = await (await fetch(`${api.url}/`)).json();
    expect(json).toMatchObject({ hello: "from your PC" });
    const page = await fetch(`${api.url}/`, { headers: { accept: "text/html,*/*" } });
    expect(page.headers.get("content-type")).toContain("text/html");
    expect(await page.text()).toContain("Hello from your PC");
  });

  it("tells the time", async () => {
    const { time } = (await (await fetch(`${api.url}/time`)).json()) as { time: string };
    expect(new Date(time).toISOString()).toBe(time);
  });

  it("echoes a request, up to a megabyte", async () => {
    const sent = { method: "POST", body: "hello", headers: { "x-mine": "1" } };
    expect(await (await fetch(`${api.url}/echo?a=b`, sent)).json()).toMatchObject({
      method: "POST",
      path: "/echo?a=b",
      headers: { "x-mine": "1" },
      body: "hello",
    });
    const post = (size: number) => fetch(`${api.url}/echo`, { method: "POST", body: "x".repeat(size) });
    expect((await post(1_048_576)).status).toBe(200);
    expect((await post(1_048_577)).status).toBe(413);
  });

  it("pushes the time as events, as many as are asked for", async () => {
    const events = await (await fetch(`${api.url}/clock?ticks=1`)).text();
    expect(events).toMatch(/^data: \S+Z\n\n$/);
  });

  it("stops a clock that nobody watches any more, and can then be closed", async () => {
    const response = await fetch(`${api.url}/clock`);
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("data: ");
    await reader?.cancel();
  });

  it("answers 404 elsewhere, and survives targets that are no paths", async () => {
    expect((await fetch(`${api.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${api.url}//`)).status).toBe(400);
    expect((await fetch(`${api.url}/`)).status).toBe(200);
  });
});
