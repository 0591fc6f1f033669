// What the scripts that look at pages share: the browser, and how a page is opened.
"use strict";
const fs = require("fs");
const path = require("path");
const url = require("url");
const { chromium } = require("playwright-core");

// One second of a page that does nothing is long; a whole sweep of pictures on a busy machine is not.
const PATIENCE_MS = 60000;

// Audits accessibility, once it is evaluated in a page.
exports.axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// Opens a file in a context of its own, with these options of newContext(). `said` gets what the page logs (console), what it
// throws (errors), and what it asks for beyond itself and data (requests). Returns the page: close its context().
exports.open = async function (browser, file, options, said) {
	const context = await browser.newContext(options);
	context.setDefaultTimeout(PATIENCE_MS);
	const page = await context.newPage();
	Object.assign(said, { console: [], errors: [], requests: [] });
	page.on("console", (message) => said.console.push(message.type() + ": " + message.text()));
	page.on("pageerror", (error) => said.errors.push(String(error)));
	page.on("request", (request) => said.requests.push(request.url()));
	await page.goto(url.pathToFileURL(path.resolve(file)).href);
	return page;
};

exports.unfold = (page) =>
	page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));

// Prints a line of JSON for each page that argv names and each view: what look(browser, file, view) returns.
exports.main = async function (views, look) {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
						args: ["--no-sandbox", "--disable-gpu"] });
	try {
		for (const file of process.argv.slice(2))
			for (const view of views)
				process.stdout.write(JSON.stringify(await look(browser, file, view)) + "\n");
	} catch (error) {
		process.stderr.write(String(error.stack || error) + "\n");
		process.exitCode = 1;
	} finally {
		await browser.close();
	}
};
