// Looks at the pages of a site, which have nothing that moves: a line of JSON a page and view. It judges nothing.
//
//     node site.js PAGE.html..
"use strict";
const fs = require("fs");
const path = require("path");
const url = require("url");
const { chromium } = require("playwright-core");

const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MS = 60000;

// Runs in the page.
function observe() {
	const root = document.documentElement;
	const images = Array.from(document.images);
	return {
		overflow: root.scrollWidth - root.clientWidth,
		images: images.length,
		missing: images.filter((image) => !image.complete || !image.naturalWidth).length,
		sources: images.map((image) => image.currentSrc.split("/").pop()),
		scripts: document.querySelectorAll("script").length,
	};
}

async function look(browser, file, width, scheme) {
	const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
	context.setDefaultTimeout(PATIENCE_MS);
	const page = await context.newPage();
	const said = { page: path.basename(file), width, scheme, console: [], requests: [] };
	page.on("console", (message) => said.console.push(message.type() + ": " + message.text()));
	page.on("pageerror", (error) => said.console.push(String(error)));
	page.on("request", function (request) {
		if (!/^(file|data):/.test(request.url()))
			said.requests.push(request.url());
	});
	await page.goto(url.pathToFileURL(path.resolve(file)).href);
	await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
	Object.assign(said, await page.evaluate(observe));
	await page.evaluate(axe);
	const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	said.violations = result.violations.map((violation) => violation.id + ": " + violation.nodes[0].html.slice(0, 160));
	await context.close();
	return said;
}

(async function () {
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
						args: ["--no-sandbox", "--disable-gpu"] });
	try {
		for (const file of process.argv.slice(2))
			for (const width of [360, 1280, 1920])
				for (const scheme of ["light", "dark"])
					process.stdout.write(JSON.stringify(await look(browser, file, width, scheme)) + "\n");
	} finally {
		await browser.close();
	}
}()).catch(function (error) {
	process.stderr.write(String(error.stack || error) + "\n");
	process.exitCode = 1;
});
