/** The page that the demo API shows to a browser. It needs nothing from elsewhere. */

export const DEMO_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hello from your PC</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.6 system-ui, sans-serif; }
  body { max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem; }
  h1 { font-size: 2.2rem; line-height: 1.2; margin: 0 0 1rem; }
  output { font: clamp(1.6rem, 9vw, 3rem) ui-monospace, monospace; display: block; margin: 2rem 0; white-space: nowrap; }
  a { color: inherit; white-space: nowrap; padding: .1em .3em; border-radius: .3em; background: #8883; font-family: ui-monospace, monospace; }
</style>
<h1>Hello from your PC</h1>
<p>This page comes from the demo API on your own machine. The clock below is pushed from there, once a second.</p>
<output id="clock">--:--:--</output>
<p>Also here: <a href="time">/time</a>, <a href="echo">/echo</a>, <a href="clock?ticks=3">/clock?ticks=3</a> (server-sent events).</p>
<script>
  new EventSource("clock").onmessage = (event) => {
    document.getElementById("clock").textContent = new Date(event.data).toLocaleTimeString();
  };
</script>
</html>
`;
