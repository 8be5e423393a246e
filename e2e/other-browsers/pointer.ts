/** One tap, as both protocols of the W3C write it. */
export function tapActions(x: number, y: number): readonly Record<string, unknown>[] {
  return [
    {
      type: "pointer",
      id: "finger",
      parameters: { pointerType: "mouse" },
      actions: [
        { type: "pointerMove", x, y, duration: 0, origin: "viewport" },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ],
    },
  ];
}
