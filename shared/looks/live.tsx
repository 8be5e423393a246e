/** Tells screen readers what has changed. The region stays in the page; only its text changes. */
export function Live({ text, urgent = false }: { readonly text: string; readonly urgent?: boolean }) {
  return (
    <div class="unseen" role={urgent ? "alert" : "status"}>
      {text}
    </div>
  );
}
