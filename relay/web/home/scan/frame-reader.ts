/**
 * Reads QR codes out of a video: with the browser's own detector where it has one that knows QR, otherwise in JavaScript.
 * One picture at a time; a picture without a code is undefined, never an error.
 */
import { decodeQR } from "qr/decode.js";

export interface FrameReader {
  /** The text of a code in the picture that is shown now. */
  read(video: HTMLVideoElement): Promise<string | undefined>;
}

/** The Shape Detection API, which the DOM's types do not know. */
interface NativeDetector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface NativeDetectorClass {
  new (options: { readonly formats: readonly string[] }): NativeDetector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Longer sides are scaled down to this: a code that fills a third of the picture still has 5 pixels a module. */
const MAX_SIDE_PX = 720;
/** What the JavaScript decoder may spend on hard pictures. Milliseconds. */
const EFFORT_MS = 60;

export async function createFrameReader(): Promise<FrameReader> {
  const { BarcodeDetector: Detector } = globalThis as { readonly BarcodeDetector?: NativeDetectorClass };
  const formats = await Detector?.getSupportedFormats().catch((): string[] => []);
  if (Detector !== undefined && formats?.includes("qr_code")) {
    const detector = new Detector({ formats: ["qr_code"] });
    return {
      read: async (video) => (await detector.detect(video).catch(() => []))[0]?.rawValue,
    };
  }
  return scriptReader();
}

function scriptReader(): FrameReader {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return {
    async read(video) {
      const { videoWidth, videoHeight } = video;
      if (context === null || videoWidth === 0) return undefined;
      const scale = Math.min(1, MAX_SIDE_PX / Math.max(videoWidth, videoHeight));
      const width = Math.round(videoWidth * scale);
      const height = Math.round(videoHeight * scale);
      canvas.width = width;
      canvas.height = height;
      context.drawImage(video, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      try {
        return decodeQR({ width, height, data }, { timeLimit: EFFORT_MS });
      } catch {
        // A picture without a code: most are.
        return undefined;
      }
    },
  };
}
