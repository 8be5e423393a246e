/** Names that a device may give itself to do harm, or to look like another one. */
export const HOSTILE_NAMES = {
  markup: '<img src=x onerror="document.title=1"><script>document.title=1</script>&amp;',
  bidi: "\u202egnp.exe\u2066Allow\u2069",
  controls: "Pixel\u0000\u001b[31m\n\r\t9\u2028\u2029",
  long: `Start-${"0123456789".repeat(1_000)}-the end`,
  unbroken: "W".repeat(200),
  zalgo: `Z${"\u0301".repeat(300)}algo`,
  surrogate: "half \ud83d letter",
  rtl: "הטלפון של דנה",
  emoji: "👩‍👩‍👧‍👦".repeat(30),
} as const;
