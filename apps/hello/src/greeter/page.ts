/** What a browser shows of the greeter: it calls `hello` as one types, and shows the countdown as it arrives. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Skerry: hello</title>
<link rel="icon" href="data:,">
<style>
  body { font: 18px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 12vh auto; padding: 0 1rem; color: #1d2a33; background: #f4f7f8; }
  h1 { font-size: 1.2rem; font-weight: 600; margin-bottom: 2rem; }
  input, button { font: inherit; padding: .4rem .8rem; border: 1px solid #9fb3bd; border-radius: .4rem; background: #fff; }
  button { cursor: pointer; }
  output { display: block; min-height: 3rem; margin: .6rem 0 2rem; font-size: 1.4rem; color: #0b6e7f; }
  output.wrong { color: #a33; font-size: 1rem; }
  #state { float: right; font-size: .9rem; color: #5c7280; }
</style>
<h1>A service, called from this page <span id="state">not connected</span></h1>
<label>Your name <input id="name" value="Ada" autocomplete="off"></label>
<output id="reply"></output>
<button id="count">Count down from 10</button>
<output id="ticks"></output>
<script type="module">
  import { connect } from '/skerry.js';

  const at = (id) => document.getElementById(id);
  const greeter = connect('/ws', { onState: (state) => (at('state').textContent = state) }).service('greeter');
  const show = (output, text, wrong = false) => {
    output.textContent = text;
    output.classList.toggle('wrong', wrong);
  };

  const hello = async () => {
    try {
      show(at('reply'), (await greeter.hello({ name: at('name').value })).message);
    } catch (error) {
      show(at('reply'), error.message, true);
    }
  };
  at('name').addEventListener('input', hello);
  at('count').addEventListener('click', async () => {
    try {
      show(at('ticks'), '');
      for await (const { left } of greeter.countdown({ from: 10 })) at('ticks').textContent += left + ' ';
      at('ticks').textContent += '🚀';
    } catch (error) {
      show(at('ticks'), error.message, true);
    }
  });
  await hello();
</script>
</html>
`;
