// Opens VS Code in a headless browser: `browser.mjs PLAYWRIGHT URL WHAT FOLDER PICTURES`. WHAT is `suite`, which waits
// until suite.js has written its result into the folder, or `person`, which types and clicks, and takes pictures.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";

const [playwright, url, what, folder, pictures] = process.argv.slice(2);
const { chromium } = createRequire(import.meta.url)(playwright);
const home = fs.mkdtempSync(path.join(os.tmpdir(), "browser-")); // a used one brings back what was open
const context = await chromium.launchPersistentContext(home, {
  executablePath: "/usr/bin/chromium",
  headless: true,
  viewport: { width: 1200, height: 700 },
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
const page = context.pages()[0];
page.setDefaultTimeout(60000);
const picture = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

async function suite() {
  const result = path.join(folder, "result.json");
  for (const end = Date.now() + 240000; !fs.existsSync(result); await page.waitForTimeout(100)) {
    if (Date.now() > end) {
      throw new Error("suite.js did not end");
    }
  }
}

async function person() {
  await page.waitForSelector(".squiggly-error"); // in a folder that is not trusted, by the server of the extension
  await page.locator(".banner a", { hasText: "Manage" }).click();
  await page.locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" }).first().click();
  await page.getByText("You trust this folder").waitFor();
  await page.getByRole("button", { name: /^Close/ }).last().click();
  await page.waitForFunction(() => !document.querySelector(".workspace-trust-editor"));
  await page.waitForSelector(".squiggly-error"); // and by the one that is started anew
  await page.keyboard.press("Control+Shift+M");
  await page.waitForSelector(".markers-panel .monaco-list-row .marker-code, .markers-panel .monaco-list-row a");
  console.log(JSON.stringify(await page.locator(".markers-panel .monaco-list-row").allInnerTexts()));
  await picture("problems");
  await page.keyboard.press("Control+1");
  await page.waitForSelector(".monaco-editor.focused");
  await page.keyboard.press("F8"); // the next problem
  await page.waitForTimeout(500);
  await page.keyboard.press("Escape");
  for (let tries = 0; ; tries++) {
    await page.keyboard.press("Control+.");
    try {
      await page.waitForSelector(".action-widget .monaco-list-row.action", { timeout: 5000 });
      break;
    } catch (error) {
      if (tries === 5) {
        throw error;
      }
      await page.keyboard.press("Escape");
    }
  }
  await page.waitForTimeout(300);
  await picture("actions");
  await page.locator(".action-widget .monaco-list-row.action", { hasText: "Bind the value" }).first().click();
  await page.waitForFunction(() => !document.querySelector(".squiggly-error"));
  await page.keyboard.press("Control+s");
  const file = path.join(folder, "orders.py");
  for (const end = Date.now() + 20000; Date.now() < end; await page.waitForTimeout(50)) {
    if (fs.readFileSync(file, "utf-8").includes("status = ?")) {
      return;
    }
  }
  throw new Error("the file was not saved");
}

let status = 0;
try {
  await page.goto(url);
  await { suite, person }[what]();
} catch (error) {
  status = 1;
  console.error(error);
  await picture(`failed-${what}`);
}
await context.close();
fs.rmSync(home, { recursive: true, force: true });
process.exit(status);
