import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loginItem, QUIET_ARGUMENT, xdgAutostart } from "./login-item.ts";
import { ElectronDouble } from "./testing/electron-double.ts";

describe("starting at login on Linux", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "ora-login-"));
  });
  afterEach(() => rm(home, { recursive: true }));
  const file = () => join(home, ".config", "autostart", "ora-relay.desktop");

  it("is an autostart file, which the owner can also switch off elsewhere", async () => {
    const item = xdgAutostart({ env: {}, home, executable: "/opt/ORA Relay/ora-relay" });
    expect(await item.isOn()).toBe(false);
    await item.set(true);
    expect(await item.isOn()).toBe(true);
    const text = await readFile(file(), "utf8");
    expect(text).toContain(`Exec="/opt/ORA Relay/ora-relay" ${QUIET_ARGUMENT}\n`);
    await writeFile(file(), text.replace("enabled=true", "enabled=false"));
    expect(await item.isOn()).toBe(false);
    await writeFile(file(), `${text}Hidden=true\n`);
    expect(await item.isOn()).toBe(false);
    await item.set(true);
    expect(await item.isOn()).toBe(true);
    await item.set(false);
    await item.set(false);
    expect(await item.isOn()).toBe(false);
  });

  it("starts the AppImage itself, not the place it is mounted at", async () => {
    const env = { APPIMAGE: "/home/u/ora.AppImage", XDG_CONFIG_HOME: join(home, "cfg") };
    await xdgAutostart({ env, home, executable: "/tmp/.mount_x/ora" }).set(true);
    const text = await readFile(join(home, "cfg", "autostart", "ora-relay.desktop"), "utf8");
    expect(text).toContain('Exec="/home/u/ora.AppImage"');
  });

  it("quotes every character of a path", async () => {
    await xdgAutostart({ env: {}, home, executable: '/a"b$c`d\\e%f' }).set(true);
    const exec = /^Exec=(.*)$/m.exec(await readFile(file(), "utf8"))?.[1] ?? "";
    // As a desktop reads it: escapes of the string, then the quoting of Exec, then %%.
    const quoted = exec.replaceAll("\\\\", "\\").replace(` ${QUIET_ARGUMENT}`, "");
    const read = quoted
      .slice(1, -1)
      .replace(/\\(["`$\\])/g, "$1")
      .replaceAll("%%", "%");
    expect(read).toBe('/a"b$c`d\\e%f');
  });

  it("tells a disk that cannot be written", async () => {
    await mkdir(join(home, ".config"));
    await writeFile(join(home, ".config", "autostart"), "a file");
    const item = xdgAutostart({ env: {}, home, executable: "/x" });
    await expect(item.set(true)).rejects.toThrow();
  });
});

describe("starting at login elsewhere", () => {
  it("is the system's own list, with the argument that keeps the start quiet", async () => {
    const { port } = new ElectronDouble({ logs: "/x", isPackaged: true });
    for (const platform of ["darwin", "win32"] as const) {
      const item = loginItem({ app: port.app, platform, env: {}, home: "/h", executable: "/x" });
      await item.set(true);
      expect(await item.isOn()).toBe(true);
      await item.set(false);
      expect(await item.isOn()).toBe(false);
    }
  });

  it("is not offered from a checkout, where the system would start Electron without the app", async () => {
    const { port } = new ElectronDouble({ logs: "/x" });
    const item = loginItem({ app: port.app, platform: "linux", env: {}, home: "/h", executable: "/x" });
    expect(await item.isOn()).toBeUndefined();
  });
});
