import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { connect } from "./backend";
import { currentLanguage, loadErrors } from "./messages";
import { routeOf } from "./navigation";
import { loadRest } from "./rest.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("the page has no #app");

// Text that is shown in another font first would move when this one arrives.
const longestWait = 1_500;
const font = document.fonts.load("1em 'Inter Variable'");
const backend = await connect();
// The first screen may have to say why it shows so little.
if (currentLanguage() !== "en") await loadErrors();
// A page that is loaded again comes back to where it was.
if (routeOf(location.hash).screen !== "home") await loadRest();
await Promise.race([font, new Promise((done) => setTimeout(done, longestWait))]).catch(() => undefined);
mount(App, { target, props: { backend } });
