//! A picture of every screen, in both themes and at two sizes, in `target/screenshots/gallery`; a screen that can't be
//! reached fails.
//!
//! - `alone`: what one device shows by itself.
//! - `together`: sessions, and the wallets that come of them.
//! - `announced`: sessions found on a server, and who is let in.
//! - `trouble`: keychains, servers and sessions that fail.

mod alone;
mod announced;
mod together;
mod trouble;

use permafrost_tests::desktop::{Thing, Window};
use serde_json::json;

/// What the pictures' names end with, the width, the height.
type Size = (&'static str, u32, u32);

const USUAL: Size = ("", 1000, 720);
/// The smallest that the window gets, and as most people have it.
const SIZES: [Size; 2] = [("-small", 720, 560), USUAL];

/// High enough for most pages that are longer than that.
const LONG: Size = ("", 1000, 1150);

/// Takes the pictures of the screen that shows the thing, which is scrolled to.
pub(crate) async fn hang(window: &Window, name: &str, thing: Thing<'_>) {
    for size in SIZES {
        photograph(window, name, thing, size).await;
    }
}

/// As [`hang`], of a dialog, which is laid out the same at every size.
pub(crate) async fn hang_question(window: &Window, name: &str, thing: Thing<'_>) {
    photograph(window, name, thing, USUAL).await;
}

/// As [`hang`], of a page that is to be seen whole though it is long.
pub(crate) async fn hang_long(window: &Window, name: &str, thing: Thing<'_>) {
    photograph(window, name, thing, LONG).await;
}

async fn photograph(window: &Window, name: &str, thing: Thing<'_>, (suffix, width, height): Size) {
    window.wait_for(thing).await;
    window.resize(width, height).await;
    window.scroll_to(thing).await;
    for (theme, resized) in [("light", true), ("dark", false)] {
        let picture = format!("gallery/{theme}/{name}{suffix}");
        // The page goes back to the theme of its settings whenever its device tells something, and what has another
        // size is drawn in parts at first.
        let taken = async || {
            dress(window, theme).await;
            let once = std::fs::read(window.screenshot(&picture).await).ok();
            let whole = !resized || std::fs::read(window.screenshot(&picture).await).ok() == once;
            whole && theme_of(window).await == theme
        };
        window.wait_until(&format!("the page to stay {theme}"), taken).await;
    }
    assert!(window.shows(thing).await, "{name} still shows {thing:?} when its pictures have been taken");
}

async fn dress(window: &Window, theme: &str) {
    const DRESS: &str = "document.documentElement.dataset.theme = arguments[0]";
    window.client().execute(DRESS, vec![json!(theme)]).await.expect("the page has a theme");
}

async fn theme_of(window: &Window) -> String {
    const THEME: &str = "return document.documentElement.dataset.theme";
    let theme = window.client().execute(THEME, Vec::new()).await.expect("the page has a theme");
    theme.as_str().unwrap_or_default().to_owned()
}
