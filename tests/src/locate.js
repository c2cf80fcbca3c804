// Run in the page with (kind, name): the first visible element of that kind whose accessible name is the one asked for, or
// else contains it.
const [kind, wanted] = arguments;
const selectors = {
  button: 'button, [role=button], [role=menuitem], input[type=submit], input[type=button], summary',
  link: 'a[href], [role=link]',
  field: 'input:not([type=radio]):not([type=checkbox]), textarea, select, [role=textbox], [role=combobox], [role=spinbutton]',
  choice: 'input[type=radio], input[type=checkbox], [role=radio], [role=checkbox], [role=switch], [role=tab], [role=option]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
  text: 'body *',
};
const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
const dialogs = [...document.querySelectorAll('dialog:modal, [role=dialog][aria-modal=true], [role=alertdialog][aria-modal=true]')];
const scope = dialogs.at(-1) ?? document;

const visible = (element) => {
  // A radio button or check box is often drawn by its label, and itself transparent.
  const drawn = element.matches('input[type=radio], input[type=checkbox]') ? (element.labels?.[0] ?? element) : element;
  const style = getComputedStyle(drawn);
  return drawn.getClientRects().length > 0 && style.visibility === 'visible' && !element.closest('[inert], [aria-hidden=true]');
};

const nameOf = (element) => {
  if (kind === 'text') return tidy(element.innerText);
  const labelledBy = element.getAttribute('aria-labelledby');
  if (labelledBy) {
    return tidy(labelledBy.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' '));
  }
  const label = element.getAttribute('aria-label');
  if (label) return tidy(label);
  if (element.labels?.length) return tidy([...element.labels].map((each) => each.textContent).join(' '));
  if (element.matches('input[type=submit], input[type=button]')) return tidy(element.value);
  return tidy(element.innerText) || tidy(element.getAttribute('title')) || tidy(element.getAttribute('placeholder'));
};

if (kind === 'css') return [...document.querySelectorAll(wanted)].find(visible) ?? null;

const candidates = [...scope.querySelectorAll(selectors[kind])].filter(visible);
const target = tidy(wanted);
const matching = candidates.filter((element) => nameOf(element) === target);
const containing = matching.length > 0 ? matching : candidates.filter((element) => nameOf(element).includes(target));
if (kind !== 'text') return containing[0] ?? null;
return containing.find((element) => !containing.some((other) => other !== element && element.contains(other))) ?? null;
