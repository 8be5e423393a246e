/** A table of texts with the same places, and any words in them: what the other languages have to fill. */
export type Worded<Part> = Part extends string
  ? string
  : Part extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [Key in keyof Part]: Worded<Part[Key]> };
