import { expect, test } from "./device";

test("“select all” takes what somebody may want to copy, and nothing of the program around it", async ({ app, page }) => {
  await app.open("verified", "#/wallet/w1");
  const address = await page.getByTestId("address").innerText();
  await page.keyboard.press("ControlOrMeta+a");
  const selected = await page.evaluate(() => getSelection()?.toString() ?? "");
  expect(selected.replaceAll(/\s/g, "")).toContain(address.replaceAll(/\s/g, ""));
  for (const around of ["Contacts", "Settings", "Sign a message", "Verified", "Receive", "Copy"]) expect(selected).not.toContain(around);
});
