import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PAYLOAD_BYTES } from "#shared/mux/inner-frame.ts";
import type { ControlMessage } from "#shared/mux/muxer.ts";
import { encodeControl } from "#shared/mux/payloads.ts";
import {
  decodeCookieWrites,
  MAX_COOKIE_PATH_LENGTH,
  MAX_COOKIE_TEXT_LENGTH,
} from "#shared/protocol/v2/app-messages.ts";
import { AppSide } from "./app-side.ts";
import { StepClock } from "./testing/step-clock.ts";

/** As many messages as go at once, and in each second after. */
const BURST = 1_024;

function setUp() {
  const clock = new StepClock();
  const sent: ControlMessage[] = [];
  const told: unknown[] = [];
  const line = { isUp: true };
  const side = new AppSide({
    clock,
    now: clock.now,
    send: (message) => {
      if (line.isUp) sent.push(message);
      return line.isUp;
    },
    apiChanged: (api) => told.push(api),
    appChanged: (app) => told.push(app),
    cookiesChanged: (cookies) => told.push(cookies.map(({ name, value }) => `${name}=${value}`).join("; ")),
  });
  const texts = () => sent.flatMap((message) => decodeCookieWrites(message)?.writes.map(({ text }) => text));
  const hear = (seen: number, ...cookies: string[]) =>
    side.heard({
      type: "cookies",
      seen,
      cookies: cookies.map((text) => ({ name: text[0], value: text[2], path: "/" })),
    });
  return { clock, sent, told, line, side, texts, hear };
}

describe("what a session knows of its app", () => {
  it("is what the PC says, in this device's time", () => {
    const { side, told, clock } = setUp();
    expect([side.api, side.app, side.cookies]).toEqual([undefined, undefined, undefined]);
    clock.advance(100_000);
    side.heard({ type: "api", up: false, for: 60 });
    side.heard({ type: "app", name: "studio", origins: ["http://localhost:1"] });
    side.heard({ type: "cookies", cookies: [] });
    const api = { isUp: false, since: clock.now() - 60_000 };
    const app = { name: "studio", origins: ["http://localhost:1"], basePath: "" };
    expect([side.api, side.app, side.cookies]).toEqual([api, app, []]);
    expect(told).toEqual([api, app, ""]);
  });

  it("is not changed by what makes no sense, nor taken from what is meant for others", () => {
    const { side, told } = setUp();
    const known = fc.constantFrom("api", "app", "cookies");
    fc.assert(
      fc.property(known, fc.jsonValue(), (type, value) => {
        expect(side.heard({ type, up: value, name: value, cookies: { value } })).toBe(true);
      }),
    );
    expect(side.heard({ type: "weather" })).toBe(false);
    expect([side.app, side.cookies]).toEqual([undefined, undefined]);
    expect(told.filter((one) => typeof one === "string")).toEqual([]);
  });
});

describe("an app below a path of its API", () => {
  it("has its pages, and so its cookies, without that path", () => {
    const { side, sent } = setUp();
    side.heard({ type: "app", name: "studio", origins: ["http://localhost:1"], base_path: "/base" });
    const paths = ["/", "/base", "/base/", "/base/x", "/based", "/other"];
    side.heard({ type: "cookies", cookies: paths.map((path) => ({ name: "a", value: path, path })) });
    expect(side.cookies).toEqual([
      { name: "a", value: "/", path: "/" },
      { name: "a", value: "/base", path: "/" },
      { name: "a", value: "/base/", path: "/" },
      { name: "a", value: "/base/x", path: "/x" },
    ]);
    side.write("b=1", "/x/page");
    expect(sent).toEqual([{ type: "cookie", number: 1, writes: [{ text: "b=1", path: "/base/x/page" }] }]);
  });
});

describe("what scripts write", () => {
  it("is sent at once and shown until the PC confirms it, also over a list that does not know it yet", () => {
    const { side, sent, told, hear } = setUp();
    hear(0, "a=1");
    side.write("b=2; Path=/", "/");
    side.write("a=3; Path=/", "/");
    expect(sent).toEqual([
      { type: "cookie", number: 1, writes: [{ text: "b=2; Path=/", path: "/" }] },
      { type: "cookie", number: 2, writes: [{ text: "a=3; Path=/", path: "/" }] },
    ]);
    hear(1, "a=1", "b=2");
    hear(2, "a=4", "b=2");
    expect(told).toEqual(["a=1", "a=3; b=2", "a=4; b=2"]);
  });

  it("is sent again on another channel, in order, unless it was confirmed", () => {
    const { side, sent, hear, line, texts } = setUp();
    for (const text of ["a=1", "b=2", "c=3"]) side.write(text, "/");
    hear(1, "a=1");
    line.isUp = false;
    side.write("d=4", "/");
    sent.length = 0;
    side.channelOpened();
    expect(sent).toEqual([]);
    line.isUp = true;
    side.channelOpened();
    expect(sent.length).toBe(1);
    expect(texts()).toEqual(["b=2", "c=3", "d=4"]);
    expect(sent[0]?.number).toBe(4);
    side.write("e=5", "/");
    expect(texts()).toEqual(["b=2", "c=3", "d=4", "e=5"]);
  });

  it("goes nowhere when no script may write it, or it is too long", () => {
    const { side, sent } = setUp();
    const long = `a=1; x=${"x".repeat(MAX_COOKIE_TEXT_LENGTH - 6)}`;
    for (const text of ["", "a=1; HttpOnly", "a=1\n", long]) side.write(text, "/");
    side.write("a=1", "x");
    side.write("a=1", `/${"x".repeat(MAX_COOKIE_PATH_LENGTH)}`);
    expect(sent).toEqual([]);
    side.write(long.slice(1), `/${"x".repeat(MAX_COOKIE_PATH_LENGTH - 1)}`);
    expect(sent.length).toBe(1);
  });

  it("is gathered when there is a flood of it, so that none is taken for an attack", () => {
    const { side, sent, clock, texts } = setUp();
    for (let count = 1; count <= BURST + 100; count += 1) side.write(`a=${count}`, "/");
    expect(sent.length).toBe(BURST);
    clock.advance(50);
    expect(sent.length).toBe(BURST + 2);
    expect(texts().at(-1)).toBe(`a=${BURST + 100}`);
    side.write("b=1", "/");
    expect(texts().at(-1)).toBe("b=1");
  });

  it("fits a message, whatever is in it", () => {
    const { side, sent, line } = setUp();
    line.isUp = false;
    const path = `/${"\u0001".repeat(MAX_COOKIE_PATH_LENGTH - 1)}`;
    for (const character of ['"', "\\", "\u3042", "x"]) {
      // Its value is as long as a cookie's may be, and the rest is an attribute that nobody knows.
      const text = `a=${character.repeat(4_000)}; b=${character.repeat(4_000)}`;
      for (let count = 0; count < 5; count += 1) side.write(text, path);
    }
    line.isUp = true;
    side.channelOpened();
    expect(sent.length).toBeGreaterThan(1);
    for (const message of sent) expect(encodeControl(message).length).toBeLessThan(MAX_PAYLOAD_BYTES);
  });
});
