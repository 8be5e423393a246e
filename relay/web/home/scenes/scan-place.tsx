/** The scanner's place: it is loaded when somebody scans. */
import { Lazy } from "../parts/lazy.tsx";
import { SceneBar } from "../parts/top-bar.tsx";
import { useTexts } from "../texts/texts.ts";

const load = async () => (await import("../scan/scanner.tsx")).Scanner;

export function ScanPlace() {
  const { scan } = useTexts();
  return (
    <>
      <SceneBar title={scan.title} />
      <main>
        <Lazy load={load} props={{}} />
      </main>
    </>
  );
}
