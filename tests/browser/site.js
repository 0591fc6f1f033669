// Looks at the pages of a site, which have nothing that moves: a line of JSON a page and view. It judges nothing.
//
//     node site.js PAGE.html..
"use strict";
const path = require("path");
const { axe, main, open, unfold } = require("./browser");

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

async function look(browser, file, { width, scheme }) {
	const said = { page: path.basename(file), width, scheme };
	const page = await open(browser, file, { viewport: { width, height: 900 }, colorScheme: scheme }, said);
	await unfold(page);
	Object.assign(said, await page.evaluate(observe));
	await page.evaluate(axe);
	const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	said.violations = result.violations.map((violation) => violation.id + ": " + violation.nodes[0].html.slice(0, 160));
	said.console.push(...said.errors);
	delete said.errors;
	said.requests = said.requests.filter((request) => !/^(file|data):/.test(request));
	await page.context().close();
	return said;
}

const views = [360, 1280, 1920].flatMap((width) => ["light", "dark"].map((scheme) => ({ width, scheme })));

main(views, look);
