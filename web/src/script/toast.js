/** Says something in the corner until it is sent away, or for ten seconds. */
export function toast(text) {
  const box = document.getElementById('toasts');
  if (!box) return;
  const item = document.createElement('div');
  item.className = 'toast';
  const words = document.createElement('p');
  words.textContent = text;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = '知道了';
  close.addEventListener('click', () => item.remove());
  item.append(words, close);
  box.append(item);
  setTimeout(() => { if (!item.matches(':hover, :focus-within')) item.remove(); }, 10000);
}
