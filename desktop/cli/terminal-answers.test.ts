import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { takeAnswers } from "./terminal-answers.ts";

function setUp() {
  const done: string[] = [];
  const questions = [] as { id: number; name: string; client: string; via: "link"; checkNumber: string }[];
  const input = new PassThrough();
  const desk = {
    questions,
    decide: (id: number, allowed: boolean) => {
      done.push(`${id} ${allowed}`);
      questions.shift();
      return true;
    },
  };
  const stop = takeAnswers({
    input,
    node: { newCode: () => void done.push("new code"), desk },
    asksForCodes: () => void done.push("show"),
  });
  const type = async (line: string) => {
    input.write(`${line}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const ask = (id: number) => questions.push({ id, name: "x", client: "", via: "link", checkNumber: "0000" });
  return { done, ask, type, stop };
}

describe("what the owner types", () => {
  it("answers the device that waits longest, and nothing but y or n does", async () => {
    const { done, ask, type } = setUp();
    ask(1);
    ask(2);
    for (const line of ["", "maybe", "Y", "no"]) await type(line);
    expect(done).toEqual(["1 true", "2 false"]);
  });

  it("is Enter for fresh codes when nobody waits, and y lets nobody in later", async () => {
    const { done, ask, type } = setUp();
    await type("y");
    await type("");
    ask(1);
    expect(done).toEqual(["show", "new code"]);
  });
});
