import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { checkedEnvText, requireOwnFile } from "./env-file.ts";

const check = (text: string) => checkedEnvText("/x/.env", text);

describe("the text of a .env file", () => {
  it("may have a byte order mark, which is no part of the first name", () => {
    expect(check("\ufeffA=1\n")).toBe("A=1");
  });

  it.each([
    ["A=1\n\n  # note\nB=\n export C = x y # z\r\nD='a\"b' # c", { A: "1", B: "", C: "x y", D: 'a"b' }],
    ['A="one\ntwo" # both\nB=`three\r\nfour`\nC=1', { A: "one\ntwo", B: "three\nfour", C: "1" }],
    ['A.B-C=1\nA=x"y\nB==#', { "A.B-C": "1", A: 'x"y', B: "=" }],
  ])("may hold %j", (text, values) => {
    expect(parseEnv(check(text))).toEqual(values);
  });

  it.each([
    ["A=1\nsecret\nB=2", "line 2 of /x/.env is neither NAME=value nor a comment"],
    ["=secret", "line 1 of /x/.env is neither NAME=value nor a comment"],
    ["A B=secret", "line 1 of /x/.env is neither NAME=value nor a comment"],
    ['B=1\nA="secret\nC=2\n', "line 2 of /x/.env begins a value in quotes that does not end"],
    ['A="secret\nB="y"\n', "line 2 of /x/.env goes on after the end of a value in quotes"],
    ['A="sec\\"ret"', "line 1 of /x/.env goes on after the end of a value in quotes"],
  ])("is refused by its line's number alone: %j", (text, message) => {
    expect(() => check(text)).toThrow(expect.objectContaining({ code: "config_bad_line", message }));
  });
});

describe("a .env file", () => {
  const ME = 1000;
  const file = (uid: number, mode: number, gid = uid) => ({ uid, gid, mode: 0o100_000 | mode });

  it.each([file(ME, 0o600), file(ME, 0o664), file(ME, 0o444, 5), file(0, 0o644), file(0, 0o664)])(
    "of its user or of root is believed: %j",
    (status) => expect(() => requireOwnFile("/x/.env", status, ME)).not.toThrow(),
  );

  it.each([
    [file(1001, 0o600), "/x/.env belongs to another user: make it your own, or remove it"],
    [file(ME, 0o666), "/x/.env can be changed by other users: chmod 600 it, or remove it"],
    [file(ME, 0o660, 5), "/x/.env can be changed by other users: chmod 600 it, or remove it"],
    [file(0, 0o602), "/x/.env can be changed by other users: chmod 600 it, or remove it"],
  ])("that somebody else may have written is not: %j", (status, message) => {
    expect(() => requireOwnFile("/x/.env", status, ME)).toThrow(
      expect.objectContaining({ code: "config_unsafe_file", message }),
    );
  });

  it("is not looked at where files have no such owners", () => {
    expect(() => requireOwnFile("/x/.env", file(0, 0o666), undefined)).not.toThrow();
  });
});
