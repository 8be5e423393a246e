/**
 * The camera while the scanner is in sight: asked for when it opens, switched off when it closes or the page is hidden.
 * No picture leaves the page or is kept.
 */
import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { createFrameReader } from "./frame-reader.ts";

export type CameraState = "starting" | "looking" | "denied" | "none" | "busy";

/** Between two pictures, so that a slow phone stays usable. Milliseconds. */
const PAUSE_MS = 120;

/** `seen` gets each text until it says true. `attempt` starts anew when it changes. */
export function useCamera(
  video: RefObject<HTMLVideoElement | null>,
  attempt: number,
  seen: (text: string) => Promise<boolean>,
): CameraState {
  const [state, setState] = useState<CameraState>("starting");
  const [isHidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const look = () => setHidden(document.hidden);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  // `seen` is made anew with each drawing, and the camera stays as it is.
  useEffect(() => {
    const element = video.current;
    if (element === null || isHidden) return undefined;
    const leave = new AbortController();
    setState("starting");
    look(element, leave.signal, seen, () => setState("looking")).catch((error: unknown) => {
      if (!leave.signal.aborted) setState(stateOf(error));
    });
    return () => leave.abort();
  }, [attempt, isHidden]);
  return state;
}

async function look(
  element: HTMLVideoElement,
  signal: AbortSignal,
  seen: (text: string) => Promise<boolean>,
  started: () => void,
): Promise<void> {
  const [stream, reader] = await Promise.all([
    navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    }),
    createFrameReader(),
  ]);
  const off = () => {
    for (const track of stream.getTracks()) track.stop();
    element.srcObject = null;
  };
  if (signal.aborted) {
    off();
    return;
  }
  signal.addEventListener("abort", off);
  element.srcObject = stream;
  await element.play();
  started();
  while (!signal.aborted) {
    const text = await reader.read(element);
    if (signal.aborted) return;
    if (text !== undefined && (await seen(text))) {
      off();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function stateOf(error: unknown): CameraState {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "none" : "busy";
}
